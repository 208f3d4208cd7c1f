package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * Waits for the body, if the operation takes one as a whole; of a raw one for as much as fits into
 * a message.
 */
final class ReceiveBody implements Stage {

  @Override
  public boolean enter(Exchange exchange) {
    RequestBody body = exchange.requestBody();
    if (body == null) {
      return true;
    }
    return switch (exchange.route().operation().interaction()) {
      case CALL, STREAM, SOCKET -> body.receive();
      // Line by line, by whoever has the stream.
      case BULK -> true;
      case RAW -> body.receiveUpTo(RunInPieces.MESSAGE_BYTES);
    };
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    exchange.bodyReceived();
    return true;
  }
}
