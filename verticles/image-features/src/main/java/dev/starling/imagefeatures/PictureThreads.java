package dev.starling.imagefeatures;

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
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that read pictures, with a queue before them that is bounded by pictures and by bytes.
 *
 * <p>Thread-safe. Futures complete on the caller's context. Whoever makes one closes it; work that
 * waits then is not done.
 */
final class PictureThreads implements AutoCloseable {
  private static final String NAME = "image-features";

  private final Vertx vertx;
  private final int maxWaiting;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final ThreadPoolExecutor threads;

  /**
   * @param maxBytes of pictures that wait or are being read
   */
  PictureThreads(Vertx vertx, int count, int maxWaiting, long maxBytes) {
    this.vertx = vertx;
    this.maxWaiting = maxWaiting;
    this.maxBytes = maxBytes;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            work -> {
              Thread thread = new Thread(work, NAME + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Does work on a picture; fails with {@code OVERLOADED} when there is no room to wait, with
   * {@code EXPIRED} when the call did meanwhile.
   *
   * @param size of the picture, in bytes
   */
  <T> Future<T> run(int size, CallContext call, Callable<T> work) {
    Context caller = vertx.getOrCreateContext();
    Promise<T> done = Promise.promise();
    if (bytes.addAndGet(size) > maxBytes) {
      bytes.addAndGet(-size);
      return overloaded("pictures of " + maxBytes + " bytes");
    }
    try {
      threads.execute(
          () -> {
            Future<T> outcome = outcome(call, work);
            bytes.addAndGet(-size);
            caller.runOnContext(now -> outcome.onComplete(done));
          });
    } catch (RejectedExecutionException e) {
      bytes.addAndGet(-size);
      return threads.isShutdown()
          ? Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, NAME + " stops"))
          : overloaded(maxWaiting + " pictures");
    }
    return done.future();
  }

  private static <T> Future<T> outcome(CallContext call, Callable<T> work) {
    if (call.isExpired(System.nanoTime())) {
      return Future.failedFuture(new BusException(ErrorCode.EXPIRED, "expired while it waited"));
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception | Error e) {
      // Somebody waits, whatever it is; the thread goes on to the next.
      return Future.failedFuture(e);
    }
  }

  private static <T> Future<T> overloaded(String what) {
    return Future.failedFuture(
        new BusException(
            ErrorCode.OVERLOADED, NAME + ": " + what + " wait already (expected: fewer)"));
  }

  /** Pictures that wait. */
  int waiting() {
    return threads.getQueue().size();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
