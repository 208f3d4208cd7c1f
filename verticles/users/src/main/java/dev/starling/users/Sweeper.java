package dev.starling.users;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what has expired from one database, a bounded number of rows at a time.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the {@link #singleton}
 * of the database sweeps it, with statements that are refused when it no longer does. Nothing
 * depends on it but the size of the tables: what has expired counts as gone.
 */
final class Sweeper {
  private static final String SINGLETON = "users.sweeper";

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  private final ChangeFeed feed;
  private final boolean hasReservations;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Turns turns;
  private final Bound bound;

  /**
   * How much one sweep removes of each kind at most.
   *
   * @param rows per statement, so that no lock is held for long
   */
  record Bound(int rows, int statements) {
    /** 100,000 rows a minute, where a statement takes some milliseconds. */
    static final Bound DEFAULT = new Bound(1_000, 100);
  }

  /**
   * @param feed of the database
   * @param hasReservations true for the home database
   */
  Sweeper(
      ChangeFeed feed,
      boolean hasReservations,
      InstantSource clock,
      Duration interval,
      Bound bound,
      LongSupplier nanoTime) {
    this.feed = feed;
    this.hasReservations = hasReservations;
    this.clock = clock;
    this.bound = bound;
    this.nanoTime = nanoTime;
    this.turns = new Turns(interval, nanoTime.getAsLong());
  }

  /** Who may sweep a database; a name for each, since a node shows all of them in its metrics. */
  static String singleton(String database) {
    return database.equals(ShardDatabaseConfig.HOME) ? SINGLETON : SINGLETON + "." + database;
  }

  /** Sweeps if this is the node to do it and no instance of it has for an interval. */
  Future<Void> tick(Ownership ownership) {
    if (!turns.take(nanoTime.getAsLong())) {
      return Future.succeededFuture();
    }
    Term term = ownership.term();
    if (term == null) {
      // Or the horizons of a node that never sweeps would pile up.
      feed.retiredHorizon();
      return Future.succeededFuture();
    }
    return sweep(term);
  }

  /** Sweeps now; never fails. */
  Future<Void> sweep(Term term) {
    return sweepReservations(term)
        .compose(swept -> sweepChanges(term))
        .onFailure(failure -> log.warn("Expired rows were not removed, to be tried again", failure))
        .otherwiseEmpty();
  }

  private Future<Void> sweepReservations(Term term) {
    return hasReservations
        ? repeat(
            () -> fenced(term, c -> EmailTable.sweep(c, clock.instant(), bound.rows)),
            bound.statements)
        : Future.succeededFuture();
  }

  private Future<Void> sweepChanges(Term term) {
    String horizon = feed.retiredHorizon();
    return horizon == null
        ? Future.succeededFuture()
        : repeat(
            () -> fenced(term, c -> ChangeTable.sweep(c, horizon, bound.rows)), bound.statements);
  }

  /** What the statement removed; nothing when the term is over, which ends the sweep. */
  private static Future<Integer> fenced(
      Term term, Function<SqlConnection, Future<Integer>> statement) {
    return term.write(TIMEOUT, statement).map(write -> write.orElse(0));
  }

  private Future<Void> repeat(Supplier<Future<Integer>> statement, int left) {
    return statement
        .get()
        .compose(
            removed ->
                removed < bound.rows || left <= 1
                    ? Future.succeededFuture()
                    : repeat(statement, left - 1));
  }
}
