package dev.starling.edge;

import dev.starling.contract.service.OperationRecord.Interaction;
import org.jspecify.annotations.Nullable;

/** Waits for the body, if the operation takes one as a whole. */
final class ReceiveBody implements Stage {

  @Override
  public boolean enter(Exchange exchange) {
    RequestBody body = exchange.requestBody();
    return body == null
        || exchange.route().operation().interaction() == Interaction.BULK
        || body.receive();
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    exchange.bodyReceived();
    return true;
  }
}
