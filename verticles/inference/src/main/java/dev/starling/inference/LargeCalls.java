package dev.starling.inference;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceExchange;
import dev.starling.codec.MalformedFrameException;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Admission;
import dev.starling.contract.inference.InferenceContract.Admitted;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.InferLarge;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import io.vertx.core.Future;

/**
 * Serves {@link InferenceContract#inferLarge} with what answers {@link InferenceContract#infer}.
 *
 * <p>Threading: called on the context that serves; the responder's future may complete anywhere.
 * Bounds: each request by {@code maxBytes}, all of the node by the budget. What expires while it is
 * on its way is not run, nor what waits when the caller resets the stream.
 */
public final class LargeCalls
    implements Bus.StreamResponder<InferLarge, Admission, byte[], byte[]> {
  // How messages are written is the same for all models.
  private static final Address<Infer, Inference> ANY = InferenceContract.infer("");

  private final Bus.Responder<Infer, Inference> responder;
  private final PieceBudget budget;
  private final int maxBytes;

  public LargeCalls(Bus.Responder<Infer, Inference> responder, PieceBudget budget, int maxBytes) {
    this.responder = responder;
    this.budget = budget;
    this.maxBytes = maxBytes;
  }

  @Override
  public Future<Opening<Admission, byte[], byte[]>> open(InferLarge request, CallContext call) {
    return Future.succeededFuture(
        request.bytes() > maxBytes
            ? new Opening.Decline<>(
                new Refused(
                    Reason.INVALID,
                    "request: " + request.bytes() + " bytes (expected: <= " + maxBytes + " bytes)"))
            : new Opening.Accept<>(
                new Admitted(),
                stream ->
                    PieceExchange.serve(stream, call, request.bytes(), budget, this::answer)));
  }

  private Future<byte[]> answer(byte[] bytes, CallContext call) {
    Infer request;
    try {
      request = ANY.request().fromBytes(bytes);
    } catch (MalformedFrameException e) {
      return Future.failedFuture(
          new BusException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
    }
    return responder.respond(request, call).map(ANY.reply()::toBytes);
  }
}
