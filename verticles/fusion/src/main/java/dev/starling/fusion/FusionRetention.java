package dev.starling.fusion;

import static dev.starling.fusion.EventLog.utc;

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
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Deletes what is older than the retention from the shards of one database, a bounded number of
 * rows at a time: events, decisions, and what was due and never could be decided.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the singleton of the
 * database does it, with statements that are refused when it no longer is.
 */
final class FusionRetention {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final String SINGLETON = "fusion.retention";
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** In one statement, so that no lock is held for long. */
  private static final int ROWS = 5_000;

  /** In one shard each time: some 10,000 events a second of all shards, if they must be. */
  private static final int STATEMENTS = 4;

  private static final List<ShardSql> DELETES =
      List.of(
          delete("fusion_events", "received_at"),
          delete("fusion_decisions", "decided_at"),
          delete("fusion_due", "due_at"));

  private static final ShardSweep.Bound BOUND = new ShardSweep.Bound(LIMIT, ROWS, STATEMENTS);

  private final Duration retention;
  private final InstantSource clock;
  private final ShardSweep sweep;

  FusionRetention(
      String database,
      Shards shards,
      Duration retention,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.retention = retention;
    this.clock = clock;
    this.sweep = new ShardSweep(SINGLETON, database, shards, INTERVAL, nanoTime, this::sweep);
  }

  private static ShardSql delete(String table, String since) {
    return new ShardSql(
        """
        DELETE FROM {shard}.%1$s WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM {shard}.%1$s WHERE %2$s < $1 ORDER BY %2$s LIMIT %3$d))"""
            .formatted(table, since, ROWS));
  }

  /** Makes an instance a candidate for it. */
  Candidacy candidacy(NodeScope node, Vertx vertx) {
    return sweep.candidacy(node, vertx);
  }

  /** Deletes now, in one shard after the other; never fails. */
  Future<Void> sweep(Term term) {
    return sweep.sweep(term);
  }

  private Future<?> sweep(Term term, int shard) {
    Tuple before = Tuple.of(utc(clock.instant().minus(retention)));
    Future<?> done = Future.succeededFuture();
    for (ShardSql delete : DELETES) {
      done = done.compose(next -> ShardSweep.repeat(term, BOUND, delete.in(shard), before));
    }
    return done;
  }
}
