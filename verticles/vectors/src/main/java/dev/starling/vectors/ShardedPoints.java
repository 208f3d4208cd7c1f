package dev.starling.vectors;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract;
import dev.starling.contract.vectors.VectorShardsContract.Ask;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.contract.vectors.VectorShardsContract.Standing;
import dev.starling.contract.vectors.VectorShardsContract.State;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.postgres.SqlException;
import dev.starling.vectors.Result.Ok;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Points in the logical shards: writes go to the owner of each point's shard, searches to all
 * owners at once.
 *
 * <p>Confined to an instance's context.
 */
final class ShardedPoints implements Points {
  /** Left of the deadline for gathering and answering. */
  private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int SHARE_OF_MARGIN = 10;

  private final Bus bus;
  private final Owners owners;
  private final PointTable table;
  private final Janitor janitor;
  private final OwnerWrites writes;
  private final ScatterSearch searches;

  ShardedPoints(Bus bus, Owners owners, PointTable table, Janitor janitor, VectorMeters meters) {
    this.bus = bus;
    this.owners = owners;
    this.table = table;
    this.janitor = janitor;
    this.writes = new OwnerWrites(bus, owners);
    this.searches = new ScatterSearch(bus, owners, meters);
  }

  @Override
  public Future<Result<Ok>> put(Collection collection, List<Put> points, CallContext call) {
    return writes.run(collection, points, List.of(), call);
  }

  @Override
  public Future<Result<Ok>> delete(Collection collection, List<String> ids, CallContext call) {
    return writes.run(collection, List.of(), ids, call);
  }

  @Override
  public Future<Result<Optional<Put>>> find(Collection collection, String id, CallContext call) {
    return table
        .find(collection.id(), id, call.remaining(System.nanoTime()))
        .map(found -> Result.done(found.map(ShardedPoints::put)))
        .recover(ShardedPoints::refusal);
  }

  private static Put put(PointChange row) {
    float[] vector = row.vector();
    if (vector == null) {
      throw new IllegalStateException("a deleted row was read as a point");
    }
    return new Put(row.id(), vector, row.attributes());
  }

  /** What a failed statement becomes; a mistake of ours stays a failure. */
  static <T> Future<Result<T>> refusal(Throwable failure) {
    if (!(failure instanceof SqlException sql)) {
      return Future.failedFuture(failure);
    }
    return switch (sql.failure().kind()) {
      case TIMEOUT, UNAVAILABLE, SERIALIZATION ->
          Result.refusing(Refusal.NOT_EXECUTED, "the database did not answer; nothing was changed");
      case UNKNOWN_OUTCOME ->
          Result.refusing(Refusal.UNKNOWN_OUTCOME, "the database was lost during the commit");
      case UNIQUE_VIOLATION, CHECK_VIOLATION, OTHER -> Future.failedFuture(failure);
    };
  }

  @Override
  public Future<Result<Matches>> search(Collection collection, Wanted wanted, CallContext call) {
    return searches.run(collection, wanted, withMargin(call));
  }

  private static CallContext withMargin(CallContext call) {
    long left = call.remainingNanos(System.nanoTime());
    return call.withDeadline(call.deadlineNanos() - Math.min(MARGIN_NANOS, left / SHARE_OF_MARGIN))
        .withSafeToRetry(true);
  }

  @Override
  public Future<Result<CollectionState>> state(Collection collection, CallContext call) {
    CallContext inTime = withMargin(call);
    List<CollectionState.Part> parts = new ArrayList<>();
    long[] pending = new long[1];
    List<Future<?>> answers = new ArrayList<>();
    owners
        .of(Owners.ALL_SHARDS)
        .forEach(
            (node, own) ->
                answers.add(
                    bus.call(
                            VectorShardsContract.stand(node),
                            new Ask(collection.id().toString(), own),
                            inTime)
                        .onSuccess(
                            standings -> {
                              pending[0] += standings.pending();
                              standings.shards().forEach(one -> parts.add(part(node, one)));
                            })
                        .onFailure(
                            failure ->
                                own.forEach(
                                    shard ->
                                        parts.add(
                                            part(
                                                node,
                                                new Standing(shard, State.NOT_HERE, 0, 0)))))));
    return Future.join(answers)
        .transform(
            ended -> {
              parts.sort(Comparator.comparingInt(CollectionState.Part::shard));
              return Future.succeededFuture(
                  Result.done(
                      new CollectionState(
                          parts.stream().mapToLong(CollectionState.Part::points).sum(),
                          pending[0],
                          parts.stream().allMatch(part -> part.state() == State.READY),
                          parts)));
            });
  }

  private static CollectionState.Part part(String node, Standing one) {
    return new CollectionState.Part(
        one.shard(), node, one.state(), one.points(), one.rebuiltPermille());
  }

  @Override
  public void remove(Collection collection) {
    janitor.remove(collection);
  }
}
