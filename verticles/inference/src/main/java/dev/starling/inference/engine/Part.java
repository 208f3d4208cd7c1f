package dev.starling.inference.engine;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.Tensor;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of a request as they wait in the queue. Immutable, but for what became of the request. */
final class Part implements BatchQueue.Entry {
  private final Answer answer;
  private final int index;
  private final Rows content;
  private final int room;
  private final Object key;
  private final CallContext context;
  private final long arrivalNanos;

  /**
   * @param room how much of a batch it takes
   */
  Part(
      Answer answer,
      int index,
      Rows content,
      int room,
      Object key,
      CallContext context,
      long nowNanos) {
    this.answer = answer;
    this.index = index;
    this.content = content;
    this.room = room;
    this.key = key;
    this.context = context;
    this.arrivalNanos = nowNanos;
  }

  Rows content() {
    return content;
  }

  long arrivalNanos() {
    return arrivalNanos;
  }

  @Override
  public int rows() {
    return content.count();
  }

  @Override
  public int room() {
    return room;
  }

  @Override
  public Object key() {
    return key;
  }

  @Override
  public Priority priority() {
    return context.priority();
  }

  @Override
  public long deadlineNanos() {
    return context.deadlineNanos();
  }

  /** Another part of the request has failed, so nobody can use this one. */
  @Override
  public boolean gone() {
    return answer.isGiven();
  }

  /** Of the whole request. */
  Future<Inference> answer() {
    return answer.future();
  }

  void complete(List<Tensor> outputs) {
    answer.part(index, outputs);
  }

  /** Of the whole request; null when its trace is not recorded. */
  @Nullable RequestSpan span() {
    return answer.span();
  }

  void cancel() {
    answer.fail(new BusException(ErrorCode.CANCELLED, "nobody waits for it any more"));
  }

  void expire() {
    answer.fail(new BusException(ErrorCode.EXPIRED, "the deadline passed before the model ran"));
  }

  void fail(String reason) {
    answer.fail(new BusException(ErrorCode.INTERNAL, "the model failed: " + reason));
  }
}
