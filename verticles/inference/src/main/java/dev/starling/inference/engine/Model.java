package dev.starling.inference.engine;

import dev.starling.bus.CallContext;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import io.vertx.core.Future;
import java.util.List;

/**
 * One version of a model, loaded and warm.
 *
 * <p>Thread-safe.
 */
public interface Model {

  /** What clients send: the tokenizer's input when there is one, otherwise the graph's. */
  List<TensorRecord> inputs();

  /** What they get: what the last step of the pipeline gives. */
  List<TensorRecord> outputs();

  /** Whether rows of different requests are run together. */
  boolean batches();

  /**
   * Puts a request in the queue, whichever version it names. It never blocks; the future completes
   * on a worker's thread, or another one of the engine's, so callers on an event loop go back to
   * their context first.
   *
   * <p>What does not fit is answered {@code INVALID}, after {@link #drain} all is {@code NOT_HERE}.
   * Fails with a {@link dev.starling.bus.BusException}: {@code OVERLOADED}, {@code EXPIRED}, {@code
   * INTERNAL}.
   */
  Future<Inference> infer(Infer request, CallContext context);

  /** Takes no more; completes when everything in the queue has its answer. */
  Future<Void> drain();

  /** Drains, then frees the sessions and ends the threads; completes when they are gone. */
  Future<Void> close();
}
