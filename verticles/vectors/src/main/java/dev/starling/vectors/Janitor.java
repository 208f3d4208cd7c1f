package dev.starling.vectors;

import dev.starling.sdk.Turns;
import dev.starling.vectors.CollectionTable.Deleted;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nobody needs any more: points of collections that were deleted, and rows of points
 * that were, once they are old.
 *
 * <p>Thread-safe. What fails is done at the next round, by whichever node owns the shard then.
 */
final class Janitor {
  private static final Logger log = LoggerFactory.getLogger(Janitor.class);
  private static final Duration ROUND = Duration.ofMinutes(1);

  /** Longer than any statement that began before the collection's end was said. */
  private static final Duration SETTLING = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Some tenths of a second for the database. */
  private static final int ROWS = 2000;

  private static final int COLLECTIONS = 10;

  private final CollectionTable collections;
  private final PointTable points;
  private final Purge elsewhere;
  private final Duration keepDeleted;
  private final Turns rounds;

  /** Removes a collection's points from where they are besides the shards. */
  interface Purge {
    Purge NOTHING = (collection, limit) -> Future.succeededFuture();

    Future<Void> run(UUID collection, Duration limit);
  }

  Janitor(CollectionTable collections, PointTable points, Purge elsewhere, Duration keepDeleted) {
    this.collections = collections;
    this.points = points;
    this.elsewhere = elsewhere;
    this.keepDeleted = keepDeleted;
    this.rounds = new Turns(ROUND, System.nanoTime());
  }

  /** Cleans the shards of this node up when it is time to; never fails. */
  Future<Void> beat(List<Integer> shards, long nowNanos) {
    return rounds.take(nowNanos) ? round(shards) : Future.succeededFuture();
  }

  /** Likewise, now. */
  Future<Void> round(List<Integer> shards) {
    return inTurn(
        shards,
        shard ->
            tolerant(
                () ->
                    forget(shard)
                        .compose(
                            forgotten ->
                                collections.deleted(shard, SETTLING, COLLECTIONS, PATIENCE))
                        .compose(
                            deleted ->
                                inTurn(deleted, one -> tolerant(() -> remove(shard, one))))));
  }

  /** Begins to remove the points of a collection that was just deleted. */
  void remove(Collection collection) {
    tolerant(() -> purge(collection.id()));
  }

  private Future<Void> remove(int shard, Deleted deleted) {
    UUID id = deleted.collection().id();
    return purge(id)
        .compose(
            purged ->
                deleted.settled()
                    ? collections.forget(shard, id, PATIENCE)
                    : Future.succeededFuture());
  }

  private Future<Void> purge(UUID collection) {
    return elsewhere
        .run(collection, PATIENCE)
        .compose(
            purged ->
                inTurn(
                    Owners.ALL_SHARDS,
                    shard ->
                        points
                            .end(shard, collection, PATIENCE)
                            .compose(said -> purge(shard, collection))));
  }

  private Future<Void> purge(int shard, UUID collection) {
    return points
        .purge(shard, collection, ROWS, PATIENCE)
        .compose(
            removed -> removed == ROWS ? purge(shard, collection) : Future.<Void>succeededFuture());
  }

  private Future<Void> forget(int shard) {
    return points
        .forget(shard, keepDeleted, ROWS, PATIENCE)
        .compose(removed -> removed == ROWS ? forget(shard) : Future.<Void>succeededFuture());
  }

  /** One after the other, since nobody waits for it. */
  private static <T> Future<Void> inTurn(List<T> all, Function<T, Future<Void>> work) {
    Future<Void> done = Future.succeededFuture();
    for (T one : all) {
      done = done.compose(before -> work.apply(one));
    }
    return done;
  }

  private static Future<Void> tolerant(Supplier<Future<Void>> work) {
    return work.get()
        .onFailure(failure -> log.debug("Something is removed later", failure))
        .otherwiseEmpty();
  }
}
