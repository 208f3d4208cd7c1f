package dev.starling.openinference;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.Cancellation;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opened;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.codec.MalformedFrameException;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Admission;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.InferLarge;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.Members;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs models with tensors of any size: in one message where they fit, otherwise over a stream. On
 * a node that has the model itself, messages have no bound and nothing is copied. Confined to the
 * verticle's context.
 */
final class LargeInference {
  /** Less than the bus carries in one message, so that nothing is encoded to find that out. */
  static final int MESSAGE_BYTES = 768 * 1024;

  private final Vertx vertx;
  private final Bus bus;
  private final Members members;
  private final PieceBudget budget;
  private final int maxAnswerBytes;

  /**
   * @param maxAnswerBytes of an answer that comes over a stream
   */
  LargeInference(Vertx vertx, Bus bus, Members members, PieceBudget budget, int maxAnswerBytes) {
    this.vertx = vertx;
    this.bus = bus;
    this.members = members;
    this.budget = budget;
    this.maxAnswerBytes = maxAnswerBytes;
  }

  /** As {@link InferenceContract#infer}, whose failures it has; ends by the deadline. */
  Future<Inference> infer(String model, Infer request, CallContext context) {
    if (bytes(request) > MESSAGE_BYTES && !isHere(model)) {
      return inPieces(model, request, context);
    }
    return bus.call(InferenceContract.infer(model), request, context)
        .recover(
            failure ->
                isTooLarge(failure)
                    ? inPieces(model, request, context)
                    : Future.failedFuture(failure));
  }

  private boolean isHere(String model) {
    return members.serving(InferenceContract.service(model)).contains(members.self());
  }

  private static boolean isTooLarge(Throwable failure) {
    return failure instanceof BusException known
        && (known.code() == ErrorCode.INVALID_ARGUMENT
            || known.code() == ErrorCode.REPLY_TOO_LARGE);
  }

  private static long bytes(Infer request) {
    long bytes = 0;
    for (Tensor input : request.inputs()) {
      bytes += input.data().length;
    }
    return bytes;
  }

  private Future<Inference> inPieces(String model, Infer request, CallContext context) {
    byte[] bytes = InferenceContract.infer(model).request().toBytes(request);
    Promise<Inference> answer = Promise.promise();
    bus.open(InferenceContract.inferLarge(model), new InferLarge(bytes.length), context)
        .onFailure(answer::tryFail)
        .onSuccess(opened -> opened(model, opened, bytes, context, answer));
    return answer.future();
  }

  private void opened(
      String model,
      Opened<Admission, byte[], byte[]> opened,
      byte[] bytes,
      CallContext context,
      Promise<Inference> answer) {
    BusStream<byte[], byte[]> stream = opened.stream();
    if (stream != null) {
      new Transfer(model, stream, answer).begin(bytes, context);
    } else if (opened.answer() instanceof Refused refused) {
      answer.complete(refused);
    } else {
      answer.fail(new BusException(ErrorCode.INTERNAL, model + " admitted without a stream"));
    }
  }

  /** One request and its answer on their way. */
  private final class Transfer {
    private final String model;
    private final BusStream<byte[], byte[]> stream;
    private final Promise<Inference> answer;
    private final PieceBuffer received = new PieceBuffer(maxAnswerBytes, budget);
    private final Context own = Vertx.currentContext();
    private long timer;

    Transfer(String model, BusStream<byte[], byte[]> stream, Promise<Inference> answer) {
      this.model = model;
      this.stream = stream;
      this.answer = answer;
    }

    void begin(byte[] bytes, CallContext context) {
      long left = Math.max(0, context.remainingNanos(System.nanoTime()));
      timer =
          vertx.setTimer(
              TimeUnit.NANOSECONDS.toMillis(left) + 1,
              late ->
                  giveUp(new BusException(ErrorCode.DEADLINE_EXCEEDED, model + " did not answer")));
      stream.onItem(this::take).onEnd(this::ended).onClosed(this::closed);
      Pieces.send(stream, bytes, piece -> piece, stream::end);
      Cancellation cancellation = context.cancellation();
      if (cancellation != null) {
        cancellation.onCancel(() -> own.runOnContext(now -> notWaitedFor()));
      }
    }

    private void notWaitedFor() {
      if (!answer.future().isComplete()) {
        giveUp(new BusException(ErrorCode.CANCELLED, model + " is not waited for"));
      }
    }

    private void take(byte[] piece) {
      switch (received.add(piece)) {
        case KEPT -> {}
        case TOO_LARGE ->
            giveUp(
                new BusException(
                    ErrorCode.REPLY_TOO_LARGE,
                    "answer of " + model + " (expected: <= " + maxAnswerBytes + " bytes)"));
        case NO_ROOM ->
            giveUp(
                new BusException(ErrorCode.OVERLOADED, "too many large tensors are in memory now"));
      }
    }

    private void ended() {
      byte[] bytes = received.join();
      release();
      try {
        answer.tryComplete(InferenceContract.infer(model).reply().fromBytes(bytes));
      } catch (MalformedFrameException e) {
        answer.tryFail(new BusException(ErrorCode.INTERNAL, model + ": " + e.getMessage()));
      }
      stream.end();
    }

    private void closed(@Nullable BusException failure) {
      release();
      answer.tryFail(
          failure == null
              ? new BusException(ErrorCode.INTERNAL, model + " ended without an answer")
              : failure);
    }

    private void giveUp(BusException failure) {
      release();
      answer.tryFail(failure);
      stream.reset(ErrorCode.CANCELLED, "given up");
    }

    private void release() {
      vertx.cancelTimer(timer);
      received.close();
    }
  }
}
