package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobRow.utc;

import dev.starling.postgres.Candidacy;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.ShardSweep;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Deletes jobs of one database that ended long ago, a bounded number of rows at a time.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the singleton of the
 * database does it, with statements that are refused when it no longer is.
 */
final class JobRetention {
  static final Duration INTERVAL = Duration.ofMinutes(1);

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

  private static final ShardSweep.Bound BOUND = new ShardSweep.Bound(LIMIT, ROWS, STATEMENTS);

  private final Duration retention;
  private final InstantSource clock;
  private final ShardSweep sweep;

  JobRetention(
      String database,
      Shards shards,
      Duration retention,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.retention = retention;
    this.clock = clock;
    this.sweep = new ShardSweep(SINGLETON, database, shards, INTERVAL, nanoTime, this::sweep);
  }

  /** Makes an instance a candidate for it. */
  Candidacy candidacy(NodeScope node, Vertx vertx) {
    return sweep.candidacy(node, vertx);
  }

  /** Deletes now, in one shard after the other; never fails. */
  Future<Void> sweep(Term term) {
    return sweep.sweep(term);
  }

  private Future<Integer> sweep(Term term, int shard) {
    Tuple before = Tuple.of(utc(clock.instant().minus(retention)));
    return ShardSweep.repeat(term, BOUND, DELETE.in(shard), before);
  }
}
