package dev.starling.users;

import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what has expired, a bounded number of rows at a time.
 *
 * <p>Thread-safe; shared by the instances of a node. Nodes that sweep at the same time skip each
 * other's rows. Nothing depends on it but the size of the tables: what has expired counts as gone.
 */
final class Sweeper {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  private final UserStore store;
  private final ChangeFeed feed;
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
    /** 100,000 rows a minute and node, where a statement takes some milliseconds. */
    static final Bound DEFAULT = new Bound(1_000, 100);
  }

  Sweeper(
      UserStore store,
      ChangeFeed feed,
      InstantSource clock,
      Duration interval,
      Bound bound,
      LongSupplier nanoTime) {
    this.store = store;
    this.feed = feed;
    this.clock = clock;
    this.bound = bound;
    this.nanoTime = nanoTime;
    this.turns = new Turns(interval, nanoTime.getAsLong());
  }

  /** Sweeps if no instance of this node has for an interval. */
  Future<Void> tick() {
    return turns.take(nanoTime.getAsLong()) ? sweep() : Future.succeededFuture();
  }

  /** Sweeps now; never fails. */
  Future<Void> sweep() {
    return repeat(
            () -> store.sweepReservations(clock.instant(), bound.rows, TIMEOUT), bound.statements)
        .compose(swept -> sweepChanges())
        .onFailure(failure -> log.warn("Expired rows were not removed, to be tried again", failure))
        .otherwiseEmpty();
  }

  private Future<Void> sweepChanges() {
    String horizon = feed.retiredHorizon();
    return horizon == null
        ? Future.succeededFuture()
        : repeat(() -> store.sweepChanges(horizon, bound.rows, TIMEOUT), bound.statements);
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
