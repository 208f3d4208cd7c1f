package dev.starling.inference.repository;

import dev.starling.bus.CallContext;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.engine.Model;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/** Keeps to the contract of a model, and answers when a test lets it. Thread-safe. */
public final class RecordedModel implements Model {
  private final String version;
  private final List<Promise<Inference>> held = new ArrayList<>();
  private final Promise<Void> empty = Promise.promise();
  private boolean holding;
  private boolean draining;

  public RecordedModel(String version) {
    this.version = version;
  }

  /** From now on requests wait for {@link #answer}. */
  public synchronized RecordedModel hold() {
    holding = true;
    return this;
  }

  /** Answers everything that waits. */
  public void answer() {
    List<Promise<Inference>> waiting;
    synchronized (this) {
      waiting = List.copyOf(held);
      held.clear();
      holding = false;
    }
    waiting.forEach(one -> one.complete(new Inferred(version, List.of())));
    settle();
  }

  public synchronized boolean isDraining() {
    return draining;
  }

  @Override
  public List<TensorRecord> inputs() {
    return List.of();
  }

  @Override
  public List<TensorRecord> outputs() {
    return List.of();
  }

  @Override
  public boolean batches() {
    return false;
  }

  @Override
  public synchronized Future<Inference> infer(Infer request, CallContext context) {
    if (draining) {
      return Future.succeededFuture(new Refused(Reason.NOT_HERE, "it drains"));
    }
    if (!holding) {
      return Future.succeededFuture(new Inferred(version, List.of()));
    }
    Promise<Inference> promise = Promise.promise();
    held.add(promise);
    return promise.future();
  }

  @Override
  public Future<Void> drain() {
    synchronized (this) {
      draining = true;
    }
    settle();
    return empty.future();
  }

  @Override
  public Future<Void> close() {
    return drain();
  }

  private void settle() {
    boolean done;
    synchronized (this) {
      done = draining && held.isEmpty();
    }
    if (done) {
      empty.tryComplete();
    }
  }
}
