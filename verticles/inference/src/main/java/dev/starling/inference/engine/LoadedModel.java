package dev.starling.inference.engine;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.Cancellation;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.inference.engine.InputCheck.Checked;
import dev.starling.inference.engine.InputCheck.Fitting;
import dev.starling.inference.engine.InputCheck.Unfit;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.LongSupplier;

/** A model that has workers. */
final class LoadedModel implements Model {
  private final String name;
  private final String version;
  private final List<TensorRecord> inputs;
  private final List<TensorRecord> outputs;
  private final boolean batches;
  private final InputCheck check;
  private final Splitter splitter;
  private final Workers workers;
  private final ModelMeters meters;
  private final ModelSpans spans;
  private final LongSupplier nanoTime;

  LoadedModel(
      String name,
      String version,
      Graphs graphs,
      boolean batches,
      InputCheck check,
      Splitter splitter,
      Workers workers,
      ModelMeters meters,
      ModelSpans spans,
      LongSupplier nanoTime) {
    this.name = name;
    this.version = version;
    this.inputs = graphs.inputs();
    this.outputs = graphs.outputs();
    this.batches = batches;
    this.check = check;
    this.splitter = splitter;
    this.workers = workers;
    this.meters = meters;
    this.spans = spans;
    this.nanoTime = nanoTime;
  }

  @Override
  public List<TensorRecord> inputs() {
    return inputs;
  }

  @Override
  public List<TensorRecord> outputs() {
    return outputs;
  }

  @Override
  public boolean batches() {
    return batches;
  }

  @Override
  public Future<Inference> infer(Infer request, CallContext context) {
    Checked checked = check.check(request);
    if (checked instanceof Fitting fitting) {
      return queue(fitting, context);
    }
    meters.invalid();
    return Future.succeededFuture(new Refused(Reason.INVALID, ((Unfit) checked).detail()));
  }

  @Override
  public Future<Void> drain() {
    return workers.drain();
  }

  @Override
  public Future<Void> close() {
    return workers.close();
  }

  private Future<Inference> queue(Fitting request, CallContext context) {
    long now = nanoTime.getAsLong();
    RequestSpan span = spans.request(context.trace(), request.rows(), now);
    List<Part> parts = splitter.split(request, version, context, span, now);
    return switch (workers.offer(parts)) {
      case TAKEN -> {
        dropWhenCancelled(parts, context);
        yield parts.get(0).answer();
      }
      case FULL -> {
        meters.overloaded();
        if (span != null) {
          span.ended(ErrorCode.OVERLOADED.name());
        }
        yield Future.failedFuture(
            new BusException(ErrorCode.OVERLOADED, name + ": the queue is full"));
      }
      case CLOSED ->
          Future.succeededFuture(
              new Refused(Reason.NOT_HERE, name + ": version " + version + " is being unloaded"));
    };
  }

  private void dropWhenCancelled(List<Part> parts, CallContext context) {
    Cancellation cancellation = context.cancellation();
    if (cancellation != null) {
      Runnable drop = () -> workers.cancel(parts);
      cancellation.onCancel(drop);
      parts.get(0).answer().onComplete(answered -> cancellation.forget(drop));
    }
  }
}
