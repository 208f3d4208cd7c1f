package dev.starling.fusion;

import static dev.starling.fusion.EventLog.utc;

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
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is older than the retention from the shards of one database, a bounded number of
 * rows at a time: events, decisions, and what was due and never could be decided.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the {@link #singleton}
 * of the database does it, with statements that are refused when it no longer is.
 */
final class FusionRetention {
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(FusionRetention.class);
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

  private final String database;
  private final Shards shards;
  private final Duration retention;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Turns turns;

  FusionRetention(
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

  private static ShardSql delete(String table, String since) {
    return new ShardSql(
        """
        DELETE FROM {shard}.%1$s WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM {shard}.%1$s WHERE %2$s < $1 ORDER BY %2$s LIMIT %3$d))"""
            .formatted(table, since, ROWS));
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
    Future<Void> done = Future.succeededFuture();
    for (ShardSql sql : DELETES) {
      done = done.compose(before -> delete(term, sql.in(shard), STATEMENTS));
    }
    return done.onFailure(
            failure ->
                log.info("Old events of shard {} stay for now: {}", shard, failure.getMessage()))
        .transform(over -> sweep(term, left));
  }

  private Future<Void> delete(Term term, String sql, int left) {
    Tuple before = Tuple.of(utc(clock.instant().minus(retention)));
    return term.write(
            LIMIT,
            connection ->
                connection.preparedQuery(sql).execute(before).map(deleted -> deleted.rowCount()))
        .map(write -> write.orElse(0))
        .compose(
            deleted ->
                deleted < ROWS || left <= 1
                    ? Future.succeededFuture()
                    : delete(term, sql, left - 1));
  }
}
