package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions of other threads and processes, each for a bounded time. */
final class Await {
  private static final Duration POLL = Duration.ofMillis(20);

  private Await() {}

  static void until(
      Duration limit, String what, BooleanSupplier condition, Supplier<Object> found) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline >= 0) {
        fail("not within %s: %s; found %s", limit, what, found.get());
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  static <T> T result(Future<T> future) throws InterruptedException, TimeoutException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  static Throwable failure(Future<?> future) throws InterruptedException, TimeoutException {
    try {
      Object result = future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
      throw new AssertionError("succeeded with " + result);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }
}
