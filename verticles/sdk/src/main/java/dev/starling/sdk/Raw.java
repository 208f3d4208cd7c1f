package dev.starling.sdk;

import dev.starling.bus.Opening;
import dev.starling.bus.PieceBudget;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.StreamMessage;
import io.vertx.core.Future;
import java.util.List;

/**
 * Hands bytes to a handler and takes bytes from it: those of one message, or of a stream when one
 * of them is too large for that. Immutable.
 */
record Raw(Operations.BodyHandler<byte[], byte[]> handler) implements Operation.Handling {
  private static final byte[] NOTHING = {};

  /** The body came with the call. */
  Future<OperationReply> run(Call call, byte[] body, int maxBodyBytes) {
    return body.length > maxBodyBytes
        ? Future.succeededFuture(tooLarge(maxBodyBytes))
        : handler.handle(call, body).map(Reply::toMessage);
  }

  /** The body comes in pieces, and so does the answer. */
  Opening<OperationReply, StreamMessage, StreamMessage> open(
      Call call, int maxBodyBytes, PieceBudget budget) {
    return new Opening.Accept<>(
        new OperationReply.Done(OperationReply.Kind.OK, "", NOTHING, List.of()),
        stream -> new RawCall(stream, handler, call, maxBodyBytes, budget).begin());
  }

  static OperationReply.Refused tooLarge(int maxBodyBytes) {
    return new OperationReply.Refused(
        Refusal.TOO_LARGE,
        "",
        "the body is too large (expected: <= " + maxBodyBytes + " bytes)",
        List.of(),
        List.of());
  }
}
