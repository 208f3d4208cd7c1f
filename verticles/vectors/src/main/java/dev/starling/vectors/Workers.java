package dev.starling.vectors;

import dev.starling.bus.BusException;
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
 * Threads for what takes too long for an event loop, with a bounded queue before them.
 *
 * <p>Thread-safe. Futures complete on the caller's context. Whoever makes one closes it; work that
 * waits then is not done.
 */
final class Workers implements AutoCloseable {
  private final Vertx vertx;
  private final String name;
  private final int maxWaiting;
  private final ThreadPoolExecutor threads;

  Workers(Vertx vertx, String name, int count, int maxWaiting) {
    this.vertx = vertx;
    this.name = name;
    this.maxWaiting = maxWaiting;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            work -> {
              Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Fails with {@code OVERLOADED} when too much waits already. */
  <T> Future<T> run(Callable<T> work) {
    Context caller = vertx.getOrCreateContext();
    Promise<T> done = Promise.promise();
    try {
      threads.execute(
          () -> {
            try {
              T result = work.call();
              caller.runOnContext(now -> done.complete(result));
            } catch (Exception | AssertionError e) {
              caller.runOnContext(now -> done.fail(e));
            }
          });
    } catch (RejectedExecutionException e) {
      done.fail(
          threads.isShutdown()
              ? new BusException(ErrorCode.UNAVAILABLE, name + " is closed")
              : new BusException(
                  ErrorCode.OVERLOADED,
                  name + ": " + maxWaiting + " wait already (expected: fewer)"));
    }
    return done.future();
  }

  /** How much waits. */
  int waiting() {
    return threads.getQueue().size();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
