package dev.starling.users;

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
  static final int BATCH = 1_000;
  private static final int MAX_BATCHES = 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  private final UserStore store;
  private final ChangeFeed feed;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Turns turns;

  Sweeper(
      UserStore store,
      ChangeFeed feed,
      InstantSource clock,
      Duration interval,
      LongSupplier nanoTime) {
    this.store = store;
    this.feed = feed;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.turns = new Turns(interval, nanoTime.getAsLong());
  }

  /** Sweeps if no instance of this node has for an interval. */
  Future<Void> tick() {
    return turns.take(nanoTime.getAsLong()) ? sweep() : Future.succeededFuture();
  }

  /** Sweeps now; never fails. */
  Future<Void> sweep() {
    return batches(() -> store.sweepReservations(clock.instant(), BATCH, TIMEOUT), MAX_BATCHES)
        .compose(swept -> sweepChanges())
        .onFailure(failure -> log.warn("Expired rows were not removed, to be tried again", failure))
        .otherwiseEmpty();
  }

  private Future<Void> sweepChanges() {
    String horizon = feed.retiredHorizon();
    return horizon == null
        ? Future.succeededFuture()
        : batches(() -> store.sweepChanges(horizon, BATCH, TIMEOUT), MAX_BATCHES);
  }

  private static Future<Void> batches(Supplier<Future<Integer>> batch, int left) {
    return batch
        .get()
        .compose(
            removed ->
                removed < BATCH || left <= 1 ? Future.succeededFuture() : batches(batch, left - 1));
  }
}
