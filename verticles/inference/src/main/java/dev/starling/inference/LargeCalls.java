package dev.starling.inference;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.Cancellation;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.codec.MalformedFrameException;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Admission;
import dev.starling.contract.inference.InferenceContract.Admitted;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.InferLarge;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link InferenceContract#inferLarge} with what answers {@link InferenceContract#infer}:
 * puts a request together from its pieces, has it run, sends the answer in pieces.
 *
 * <p>Threading: called on the context that serves; the responder's future may complete anywhere.
 * Bounds: each request by {@code maxBytes}, all of the node by the budget. What expires while it is
 * on its way is not run.
 */
public final class LargeCalls
    implements Bus.StreamResponder<InferLarge, Admission, byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(LargeCalls.class);

  private final Bus.Responder<Infer, Inference> responder;
  private final PieceBudget budget;
  private final int maxBytes;

  public LargeCalls(Bus.Responder<Infer, Inference> responder, PieceBudget budget, int maxBytes) {
    this.responder = responder;
    this.budget = budget;
    this.maxBytes = maxBytes;
  }

  @Override
  public Future<Opening<Admission, byte[], byte[]>> open(InferLarge request, CallContext context) {
    return Future.succeededFuture(
        request.bytes() > maxBytes
            ? new Opening.Decline<>(
                new Refused(
                    Reason.INVALID,
                    "request: " + request.bytes() + " bytes (expected: <= " + maxBytes + " bytes)"))
            : new Opening.Accept<>(
                new Admitted(), stream -> new Transfer(stream, context, request.bytes()).begin()));
  }

  /** One request and its answer on their way. Confined to the serving context. */
  private final class Transfer {
    private final BusStream<byte[], byte[]> stream;
    private final CallContext call;
    private final PieceBuffer received;
    private final Context context = Vertx.currentContext();
    private final Cancellation cancellation;
    private boolean running;

    Transfer(BusStream<byte[], byte[]> stream, CallContext call, int bytes) {
      this.stream = stream;
      Cancellation given = call.cancellation();
      this.cancellation = given == null ? new Cancellation() : given;
      this.call = call.withCancellation(cancellation);
      this.received = new PieceBuffer(bytes, budget);
    }

    void begin() {
      stream
          .onItem(this::take)
          .onEnd(this::run)
          // What is under way when the service stops goes on to its end.
          .onDrain(() -> {})
          .onClosed(
              failure -> {
                if (!running) {
                  received.close();
                } else if (failure != null) {
                  // Nobody takes the answer.
                  cancellation.cancel();
                }
              });
    }

    private void take(byte[] piece) {
      switch (received.add(piece)) {
        case KEPT -> {}
        case TOO_LARGE -> stream.reset(ErrorCode.INVALID_ARGUMENT, "more bytes than announced");
        case NO_ROOM ->
            stream.reset(ErrorCode.OVERLOADED, "too many large tensors are in memory now");
      }
    }

    private void run() {
      if (call.isExpired(System.nanoTime())) {
        stream.reset(ErrorCode.EXPIRED, "expired on its way");
        return;
      }
      Infer request;
      try {
        request = InferenceContract.infer("").request().fromBytes(received.join());
      } catch (MalformedFrameException e) {
        stream.reset(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        return;
      }
      running = true;
      Future<Inference> answer;
      try {
        answer = responder.respond(request, call);
      } catch (RuntimeException bug) {
        answer = Future.failedFuture(bug);
      }
      answer.onComplete(
          (inference, failure) -> context.runOnContext(here -> answered(inference, failure)));
    }

    private void answered(@Nullable Inference inference, @Nullable Throwable failure) {
      received.close();
      if (inference != null) {
        byte[] bytes = InferenceContract.infer("").reply().toBytes(inference);
        Pieces.send(stream, bytes, piece -> piece, stream::end);
      } else if (failure instanceof BusException known) {
        stream.reset(known.code(), String.valueOf(known.getMessage()));
      } else {
        log.error("A large inference failed, trace {}", call.trace().traceId(), failure);
        stream.reset(ErrorCode.INTERNAL, "the model failed");
      }
    }
  }
}
