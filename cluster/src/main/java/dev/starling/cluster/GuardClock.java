package dev.starling.cluster;

import dev.starling.policy.admission.OldGeneration;
import dev.starling.policy.guards.NodeGuards;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/**
 * Tells the guards of a node the time: once a second, and every few milliseconds while somebody
 * waits at a bulkhead. On a context of its own.
 */
final class GuardClock extends VerticleBase {
  private static final long SECOND_MILLIS = 1_000;

  /** Who waits too long is told so much later at most. */
  private static final long TICK_MILLIS = 5;

  private final NodeGuards guards;
  private final @Nullable OldGeneration heap = OldGeneration.find().orElse(null);
  private boolean ticking;

  GuardClock(NodeGuards guards) {
    this.guards = guards;
  }

  @Override
  public Future<?> start() {
    // Timers end with the verticle.
    vertx.setPeriodic(SECOND_MILLIS, second -> observe());
    guards.onQueue(() -> context.runOnContext(now -> beginTicking()));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    guards.onQueue(() -> {});
    return Future.succeededFuture();
  }

  private void observe() {
    long now = System.nanoTime();
    OldGeneration found = heap;
    if (found != null) {
      found.poll(guards.heap(), now);
    }
    guards.observe(now);
  }

  private void beginTicking() {
    if (!ticking) {
      ticking = true;
      next();
    }
  }

  private void next() {
    vertx.setTimer(
        TICK_MILLIS,
        due -> {
          // Who begins to wait after this look wakes it again, on this context and so after it.
          ticking = guards.tick(System.nanoTime());
          if (ticking) {
            next();
          }
        });
  }
}
