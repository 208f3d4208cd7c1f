package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.service.OperationRecord;
import org.jspecify.annotations.Nullable;

/** Calls the service and answers with what it says. */
final class RunOperation implements Stage {
  private final Bus bus;

  RunOperation(Bus bus) {
    this.bus = bus;
  }

  @Override
  public boolean enter(Exchange exchange) {
    Route route = exchange.route();
    OperationRecord operation = route.operation();
    OperationRequest request =
        new OperationRequest(
            operation.id(),
            exchange.parameters(),
            exchange.query(),
            exchange.wantedHeaders(),
            exchange.clientAddress(),
            exchange.body());
    exchange.await(
        bus.call(
            route.address(),
            request,
            new CallContext(
                exchange.deadlineNanos(),
                exchange.trace(),
                exchange.principal(),
                operation.priority(),
                operation.safeToRetry())));
    return false;
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    if (answer instanceof OperationReply reply) {
      exchange.reply(reply);
    } else if (failure instanceof BusException known) {
      exchange.fail(known.code());
    } else {
      exchange.fail(ErrorCode.INTERNAL);
    }
    return false;
  }
}
