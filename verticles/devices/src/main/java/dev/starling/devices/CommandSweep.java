package dev.starling.devices;

import static dev.starling.devices.CommandRow.utc;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down that commands of one database have expired, and deletes those that ended long ago, a
 * bounded number of rows at a time. Whoever reads sees what has expired without it.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the {@link #singleton}
 * of the database does it, with statements that are refused when it no longer is.
 */
final class CommandSweep {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(CommandSweep.class);
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

  private final String database;
  private final Shards shards;
  private final Duration retention;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final LongSupplier nanoTime;
  private final Turns turns;

  CommandSweep(
      String database,
      Shards shards,
      Duration retention,
      InstantSource clock,
      CommandMeters meters,
      LongSupplier nanoTime) {
    this.database = database;
    this.shards = shards;
    this.retention = retention;
    this.clock = clock;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.turns = new Turns(INTERVAL, nanoTime.getAsLong());
  }

  /** Who may sweep a database; a name for each, since a node shows all of them. */
  static String singleton(String database) {
    return database.equals(ShardDatabaseConfig.HOME) ? SINGLETON : SINGLETON + "." + database;
  }

  /** Sweeps if this is the node to do it and no instance of it has for an interval. */
  Future<Void> tick(Ownership ownership) {
    if (!turns.take(nanoTime.getAsLong())) {
      return Future.succeededFuture();
    }
    Term term = ownership.term();
    return term == null ? Future.succeededFuture() : sweep(term);
  }

  /** Sweeps now, one shard after the other; never fails. */
  Future<Void> sweep(Term term) {
    return sweep(term, shards.placement().in(database).iterator());
  }

  private Future<Void> sweep(Term term, Iterator<Integer> left) {
    if (!left.hasNext()) {
      return Future.succeededFuture();
    }
    int shard = left.next();
    Instant now = clock.instant();
    return repeat(term, EXPIRE.in(shard), now, STATEMENTS)
        .onSuccess(meters::expired)
        .compose(expired -> repeat(term, DELETE.in(shard), now.minus(retention), STATEMENTS))
        .onFailure(
            failure ->
                log.info("Old commands of shard {} stay for now: {}", shard, failure.getMessage()))
        .transform(done -> sweep(term, left));
  }

  /** Runs a statement until it has nothing more to do; how many rows it was about in all. */
  private Future<Integer> repeat(Term term, String sql, Instant until, int left) {
    return term.write(
            LIMIT,
            connection ->
                connection
                    .preparedQuery(sql)
                    .execute(Tuple.of(utc(until)))
                    .map(rows -> rows.rowCount()))
        .map(write -> write.orElse(0))
        .compose(
            rows ->
                rows < ROWS || left <= 1
                    ? Future.succeededFuture(rows)
                    : repeat(term, sql, until, left - 1).map(more -> rows + more));
  }
}
