package dev.starling.inference.engine;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to a request, which is complete when all its parts have run. Thread-safe. */
final class Answer {
  private static final Logger log = LoggerFactory.getLogger(Answer.class);

  private final Promise<Inference> promise = Promise.promise();
  private final String version;
  private final List<Integer> wanted;
  private final List<List<Tensor>> parts;
  private final @Nullable RequestSpan span;
  private int missing;

  /**
   * @param wanted which outputs, in which order
   * @param parts how many there will be
   * @param span ends with it; null when its trace is not recorded
   */
  Answer(String version, List<Integer> wanted, int parts, @Nullable RequestSpan span) {
    this.version = version;
    this.wanted = wanted;
    this.parts = new ArrayList<>(Collections.nCopies(parts, List.of()));
    this.missing = parts;
    this.span = span;
  }

  @Nullable RequestSpan span() {
    return span;
  }

  Future<Inference> future() {
    return promise.future();
  }

  boolean isGiven() {
    return promise.future().isComplete();
  }

  /**
   * @param outputs all of the model's
   */
  void part(int index, List<Tensor> outputs) {
    synchronized (this) {
      parts.set(index, outputs);
      if (--missing > 0) {
        return;
      }
    }
    Tensor[] all = new Tensor[wanted.size()];
    try {
      for (int i = 0; i < all.length; i++) {
        all[i] = output(wanted.get(i));
      }
    } catch (IllegalArgumentException e) {
      fail(new BusException(ErrorCode.INTERNAL, "the model failed: " + e.getMessage()));
      return;
    }
    endSpan(null);
    give(() -> promise.tryComplete(new Inferred(version, List.of(all))));
  }

  /** The first failure counts. */
  void fail(BusException failure) {
    endSpan(failure.code().name());
    give(() -> promise.tryFail(failure));
  }

  private void endSpan(@Nullable String failure) {
    if (span != null) {
      span.ended(failure);
    }
  }

  /** What callers do with an answer runs here, and must not end the worker when it throws. */
  private static void give(Runnable giving) {
    try {
      giving.run();
    } catch (RuntimeException e) {
      log.error("an answer could not be given", e);
    }
  }

  private Tensor output(int index) {
    if (parts.size() == 1) {
      return parts.get(0).get(index);
    }
    return Tensors.join(parts.stream().map(outputs -> outputs.get(index)).toList());
  }
}
