package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobRow.utc;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes jobs of one database that ended long ago, a bounded number of rows at a time.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the {@link #singleton}
 * of the database does it, with statements that are refused when it no longer is.
 */
final class JobRetention {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(JobRetention.class);
  private static final String SINGLETON = "inference-jobs.retention";
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** In one statement, so that no lock is held for long: rows may be half a megabyte. */
  private static final int ROWS = 200;

  /** In one shard each time, which is far more than one node can make meanwhile. */
  private static final int STATEMENTS = 100;

  private static final ShardSql DELETE =
      new ShardSql(
          """
          DELETE FROM {shard}.inference_jobs WHERE id = ANY (ARRAY(
            SELECT id FROM {shard}.inference_jobs
            WHERE ended_at < $1 ORDER BY ended_at LIMIT %d))"""
              .formatted(ROWS));

  private final String database;
  private final Shards shards;
  private final Duration retention;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Turns turns;

  JobRetention(
      String database,
      Shards shards,
      Duration retention,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.database = database;
    this.shards = shards;
    this.retention = retention;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.turns = new Turns(INTERVAL, nanoTime.getAsLong());
  }

  /** Who may delete in a database; a name for each, since a node shows all of them. */
  static String singleton(String database) {
    return database.equals(ShardDatabaseConfig.HOME) ? SINGLETON : SINGLETON + "." + database;
  }

  /** Deletes if this is the node to do it and no instance of it has for an interval. */
  Future<Void> tick(Ownership ownership) {
    if (!turns.take(nanoTime.getAsLong())) {
      return Future.succeededFuture();
    }
    Term term = ownership.term();
    return term == null ? Future.succeededFuture() : sweep(term);
  }

  /** Deletes now, in one shard after the other; never fails. */
  Future<Void> sweep(Term term) {
    return sweep(term, shards.placement().in(database).iterator());
  }

  private Future<Void> sweep(Term term, Iterator<Integer> left) {
    if (!left.hasNext()) {
      return Future.succeededFuture();
    }
    int shard = left.next();
    return sweep(term, shard, STATEMENTS)
        .onFailure(
            failure ->
                log.info("Old jobs of shard {} stay for now: {}", shard, failure.getMessage()))
        .transform(done -> sweep(term, left));
  }

  private Future<Void> sweep(Term term, int shard, int left) {
    Tuple before = Tuple.of(utc(clock.instant().minus(retention)));
    return term.write(
            LIMIT,
            connection ->
                connection
                    .preparedQuery(DELETE.in(shard))
                    .execute(before)
                    .map(deleted -> deleted.rowCount()))
        .map(write -> write.orElse(0))
        .compose(
            deleted ->
                deleted < ROWS || left <= 1
                    ? Future.succeededFuture()
                    : sweep(term, shard, left - 1));
  }
}
