package dev.starling.bench.inference;

import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Callers in this process, of which each makes its next call when it has the answer; all on one
 * event loop, as services call.
 */
final class Crowd {
  private static final long LONGEST_MICROS = 60_000_000;
  private static final int PATIENCE_SECONDS = 60;

  private final List<Infer> requests;
  private final Function<Infer, Future<Inference>> call;
  private final Histogram micros = new Histogram(LONGEST_MICROS, 3);
  private final Promise<Void> ended = Promise.promise();
  private final long endNanos;
  private int next;
  private int callers;
  private long failed;

  private Crowd(
      List<Infer> requests, Function<Infer, Future<Inference>> call, int callers, int seconds) {
    this.requests = requests;
    this.call = call;
    this.callers = callers;
    this.endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /**
   * Calls for so long.
   *
   * @param call is made on that event loop, and may be answered on any thread
   */
  static Load run(
      Context context,
      List<Infer> requests,
      Function<Infer, Future<Inference>> call,
      int callers,
      int seconds) {
    Crowd crowd = new Crowd(requests, call, callers, seconds);
    long began = System.nanoTime();
    context.runOnContext(
        now -> {
          for (int i = 0; i < callers; i++) {
            crowd.call(context);
          }
        });
    try {
      crowd.ended.future().await(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("calls were not answered", e);
    }
    return Load.of(crowd.micros, (System.nanoTime() - began) / 1e9, crowd.failed);
  }

  private void call(Context context) {
    long before = System.nanoTime();
    Infer request = requests.get(next);
    next = (next + 1) % requests.size();
    call.apply(request)
        .onComplete(
            answer -> {
              if (context == Vertx.currentContext()) {
                answered(context, before, answer.succeeded() ? answer.result() : null);
              } else {
                context.runOnContext(
                    here -> answered(context, before, answer.succeeded() ? answer.result() : null));
              }
            });
  }

  private void answered(Context context, long before, @Nullable Inference answer) {
    long now = System.nanoTime();
    if (answer instanceof Inferred) {
      micros.recordValue(Math.min(LONGEST_MICROS, (now - before) / 1_000));
    } else {
      failed++;
    }
    if (now - endNanos < 0) {
      call(context);
    } else if (--callers == 0) {
      ended.complete();
    }
  }
}
