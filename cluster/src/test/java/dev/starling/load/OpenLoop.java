package dev.starling.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls be made at fixed moments, each at its own, whatever became of those before it.
 *
 * <p>It is one event loop, on which the calls are made; its methods are called by other threads and
 * wait for it, for {@link #PATIENCE_SECONDS} at the most.
 *
 * @param <C> what makes the calls
 */
public final class OpenLoop<C extends OpenLoop.Calls> implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;
  private static final int SLICE = 64;

  /** Makes calls. Confined to the event loop. */
  public interface Calls {
    /**
     * Makes the next one, which was due at that moment on {@link System#nanoTime()}; the future
     * succeeds when it has ended, however it did.
     */
    Future<?> next(long dueNanos);

    /** Lets go of what it holds besides clients, which end with the event loop. */
    default void close() {}
  }

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final Context context = vertx.getOrCreateContext();
  private final C calls;
  private int inFlight;
  private long startNanos;
  private long sent;
  private boolean slicing;
  private long timer = -1;
  private @Nullable Promise<Void> drained;

  /**
   * @param calls makes what makes the calls, on the event loop
   */
  public OpenLoop(Function<Vertx, C> calls) {
    this.calls = onLoop(() -> calls.apply(vertx));
  }

  /** Begins to make calls, or goes on at another rate; returns the moment of the first one. */
  public long start(double callsPerSecond) {
    return onLoop(
        () -> {
          vertx.cancelTimer(timer);
          startNanos = System.nanoTime();
          sent = 0;
          long start = startNanos;
          timer = vertx.setPeriodic(1, tick -> makeDue(callsPerSecond, start));
          return startNanos;
        });
  }

  /** Makes no more, and waits for what is under way. */
  public void stop() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          vertx.cancelTimer(timer);
          timer = -1;
          drained = done;
          checkDrained();
        });
    await(done.future());
  }

  /** Makes so many calls a second for a time. */
  public void paced(double callsPerSecond, long millis) {
    long start = start(callsPerSecond);
    Pause.until(start + TimeUnit.MILLISECONDS.toNanos(millis));
    stop();
  }

  /** Makes calls for a time, each when one of those before it has ended. */
  public void closedLoop(int concurrency, long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    context.runOnContext(
        now -> {
          for (int i = 0; i < concurrency; i++) {
            again(end);
          }
        });
    Pause.until(end);
    stop();
  }

  /** Makes so many calls, none of which waits for another, and waits until all have ended. */
  public void atOnce(int count) {
    Promise<Void> made = Promise.promise();
    context.runOnContext(now -> makeSlices(count, System.nanoTime(), made));
    await(made.future());
    stop();
  }

  /** Lets what makes the calls prepare itself, and waits for it. */
  public void prepare(Function<C, Future<?>> work) {
    Promise<Object> prepared = Promise.promise();
    context.runOnContext(
        now -> work.apply(calls).onSuccess(prepared::complete).onFailure(prepared::fail));
    await(prepared.future());
  }

  /** Asks what makes the calls, between two of them. */
  public <T> T ask(Function<C, T> question) {
    return onLoop(() -> question.apply(calls));
  }

  private <T> T onLoop(Callable<T> work) {
    Promise<T> result = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            result.complete(work.call());
          } catch (Exception e) {
            result.fail(e);
          }
        });
    return await(result.future());
  }

  @Override
  public void close() {
    ask(
        made -> {
          made.close();
          return true;
        });
    await(vertx.close());
  }

  private void again(long end) {
    long now = System.nanoTime();
    if (now - end < 0) {
      make(now).onComplete(done -> again(end));
    }
  }

  private void makeSlices(int left, long dueNanos, Promise<Void> made) {
    for (int i = 0; i < Math.min(SLICE, left); i++) {
      make(dueNanos);
    }
    if (left > SLICE) {
      context.runOnContext(rest -> makeSlices(left - SLICE, dueNanos, made));
    } else {
      made.complete();
    }
  }

  /** Answers are read between slices, or a loop that is late would never hear of what it sent. */
  private void makeDue(double callsPerSecond, long start) {
    long due = (long) ((System.nanoTime() - startNanos) * callsPerSecond / 1e9);
    for (int made = 0; made < SLICE && sent < due; made++) {
      sent++;
      make(startNanos + (long) (sent * 1e9 / callsPerSecond));
    }
    if (sent < due && !slicing) {
      slicing = true;
      context.runOnContext(
          rest -> {
            slicing = false;
            if (start == startNanos && timer >= 0) {
              makeDue(callsPerSecond, start);
            }
          });
    }
  }

  private Future<?> make(long dueNanos) {
    inFlight++;
    return calls
        .next(dueNanos)
        .onComplete(
            done -> {
              inFlight--;
              checkDrained();
            });
  }

  private void checkDrained() {
    Promise<Void> waiting = drained;
    if (waiting != null && inFlight == 0) {
      drained = null;
      waiting.complete();
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the generator did not come to an end within " + PATIENCE_SECONDS + " s", e);
    }
  }
}
