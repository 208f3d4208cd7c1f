package dev.starling.devices;

import static dev.starling.devices.CommandRow.utc;

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
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Writes down that commands of one database have expired, and deletes those that ended long ago, a
 * bounded number of rows at a time. Whoever reads sees what has expired without it.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the singleton of the
 * database does it, with statements that are refused when it no longer is.
 */
final class CommandSweep {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final String SINGLETON = "devices.sweep";
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** In one statement, so that no lock is held for long. */
  static final int ROWS = 500;

  /** In one shard each time, which is far more than anybody can decide meanwhile. */
  private static final int STATEMENTS = 100;

  private static final ShardSql EXPIRE =
      new ShardSql(
          """
          UPDATE {shard}.device_commands SET state = 'expired', ended_at = expires_at
          WHERE ended_at IS NULL AND (user_id, id) IN (
            SELECT user_id, id FROM {shard}.device_commands
            WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT %d)"""
              .formatted(ROWS));

  private static final ShardSql DELETE =
      new ShardSql(
          """
          DELETE FROM {shard}.device_commands WHERE (user_id, id) IN (
            SELECT user_id, id FROM {shard}.device_commands
            WHERE ended_at < $1 ORDER BY ended_at LIMIT %d)"""
              .formatted(ROWS));

  private static final ShardSweep.Bound BOUND = new ShardSweep.Bound(LIMIT, ROWS, STATEMENTS);

  private final Duration retention;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final ShardSweep sweep;

  CommandSweep(
      String database,
      Shards shards,
      Duration retention,
      InstantSource clock,
      CommandMeters meters,
      LongSupplier nanoTime) {
    this.retention = retention;
    this.clock = clock;
    this.meters = meters;
    this.sweep = new ShardSweep(SINGLETON, database, shards, INTERVAL, nanoTime, this::sweep);
  }

  /** Makes an instance a candidate for it. */
  Candidacy candidacy(NodeScope node, Vertx vertx) {
    return sweep.candidacy(node, vertx);
  }

  /** Sweeps now, one shard after the other; never fails. */
  Future<Void> sweep(Term term) {
    return sweep.sweep(term);
  }

  private Future<Integer> sweep(Term term, int shard) {
    Instant now = clock.instant();
    Tuple old = Tuple.of(utc(now.minus(retention)));
    return ShardSweep.repeat(term, BOUND, EXPIRE.in(shard), Tuple.of(utc(now)))
        .onSuccess(meters::expired)
        .compose(expired -> ShardSweep.repeat(term, BOUND, DELETE.in(shard), old));
  }
}
