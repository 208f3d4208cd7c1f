package dev.starling.cluster.loops;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/**
 * Shows from inside a loop that it turns; deployed once per event loop.
 *
 * <p>Each timer is set by the one before it: a periodic one would catch up after a delay, with
 * beats in time that hide it.
 */
final class LoopProbe extends VerticleBase {
  private final LoopWatch watch;
  private @Nullable LoopPulse pulse;

  LoopProbe(LoopWatch watch) {
    this.watch = watch;
  }

  @Override
  public Future<?> start() {
    LoopPulse mine = watch.add(Thread.currentThread());
    pulse = mine;
    next(mine);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    LoopPulse mine = pulse;
    if (mine != null) {
      pulse = null;
      watch.remove(mine);
    }
    return Future.succeededFuture();
  }

  private void next(LoopPulse mine) {
    long due = watch.nanoTime() + LoopPulse.PERIOD.toNanos();
    vertx.setTimer(LoopPulse.PERIOD.toMillis(), timer -> beat(mine, due));
  }

  private void beat(LoopPulse mine, long dueNanos) {
    if (pulse != null) {
      watch.beat(mine, dueNanos);
      next(mine);
    }
  }
}
