package dev.starling.auth;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a node for what must cost time: hashing passwords, signing, making keys.
 *
 * <p>Thread-safe. Futures complete on the caller's context. Work that finds the queue full fails
 * with {@code OVERLOADED} at once, work whose deadline has passed when its turn comes with {@code
 * EXPIRED}; neither has begun.
 */
final class HashingPool implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;

  private final Vertx vertx;
  private final ThreadPoolExecutor threads;

  HashingPool(Vertx vertx, int threads, int queue) {
    this.vertx = vertx;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            task -> {
              Thread thread = new Thread(task, "starling-hashing-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    this.threads.allowCoreThreadTimeOut(true);
  }

  /** A pool as configured: 0 threads stand for half the processors. */
  static HashingPool of(Vertx vertx, AuthConfig.Hashing config) {
    int threads =
        config.threads() > 0
            ? config.threads()
            : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return new HashingPool(vertx, threads, config.queue());
  }

  <T> Future<T> run(CallContext call, Callable<T> work) {
    Context caller = vertx.getOrCreateContext();
    Promise<T> result = Promise.promise();
    try {
      threads.execute(() -> work(call, work, caller, result));
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(
          new BusException(
              ErrorCode.OVERLOADED,
              "calls that wait to be hashed: " + waiting() + " (expected: fewer than that)"));
    }
    return result.future();
  }

  int waiting() {
    return threads.getQueue().size();
  }

  /** Refuses new work and drops what waits; what runs ends by itself. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  private static <T> void work(
      CallContext call, Callable<T> work, Context caller, Promise<T> result) {
    if (call.isExpired(System.nanoTime())) {
      caller.runOnContext(
          now ->
              result.fail(
                  new BusException(ErrorCode.EXPIRED, "the deadline passed before the hashing")));
      return;
    }
    try {
      T value = work.call();
      caller.runOnContext(now -> result.complete(value));
    } catch (Exception e) {
      caller.runOnContext(now -> result.fail(e));
    }
  }
}
