package dev.starling.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one instance has begun and not answered.
 *
 * <p>Threading: {@link #began} and {@link #whenAnswered} are called on the instance's context;
 * {@link #ended} and {@link #count} on any thread, since a responder's future may end on any.
 */
final class OpenRequests {
  private final Vertx vertx;
  private final Duration tick;
  private final AtomicInteger count = new AtomicInteger();
  private volatile @Nullable Promise<Void> waiting;
  private long lastDeadlineNanos = System.nanoTime();

  /**
   * @param tick how late a caller may notice that its deadline has passed
   */
  OpenRequests(Vertx vertx, Duration tick) {
    this.vertx = vertx;
    this.tick = tick;
  }

  int count() {
    return count.get();
  }

  void began(long deadlineNanos) {
    count.incrementAndGet();
    if (deadlineNanos - lastDeadlineNanos > 0) {
      lastDeadlineNanos = deadlineNanos;
    }
  }

  void ended() {
    count.decrementAndGet();
    completeIfNone();
  }

  /**
   * Completes when all are answered, or when nobody waits any more: after the last of the
   * deadlines.
   */
  Future<Void> whenAnswered() {
    Promise<Void> before = waiting;
    if (before != null) {
      return before.future();
    }
    Promise<Void> promise = Promise.promise();
    waiting = promise;
    completeIfNone();
    if (!promise.future().isComplete()) {
      long millis =
          TimeUnit.NANOSECONDS.toMillis(lastDeadlineNanos - System.nanoTime()) + tick.toMillis();
      long timer = vertx.setTimer(Math.max(1, millis), late -> complete(promise));
      promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }
    return promise.future();
  }

  private void completeIfNone() {
    Promise<Void> promise = waiting;
    if (promise != null && count.get() == 0) {
      complete(promise);
    }
  }

  private void complete(Promise<Void> promise) {
    waiting = null;
    promise.tryComplete();
  }
}
