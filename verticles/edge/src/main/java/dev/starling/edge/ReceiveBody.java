package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/** Waits for the body, if the operation takes one. */
final class ReceiveBody implements Stage {

  @Override
  public boolean enter(Exchange exchange) {
    RequestBody body = exchange.requestBody();
    return body == null || body.receive();
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    exchange.bodyReceived();
    return true;
  }
}
