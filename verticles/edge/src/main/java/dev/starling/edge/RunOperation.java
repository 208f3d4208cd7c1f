package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import org.jspecify.annotations.Nullable;

/** Calls the service of an operation that answers once, and answers with what it says. */
final class RunOperation implements Stage {
  private final Bus bus;

  RunOperation(Bus bus) {
    this.bus = bus;
  }

  @Override
  public boolean enter(Exchange exchange) {
    if (exchange.route().operation().interaction() != Interaction.CALL) {
      return true;
    }
    exchange.await(bus.call(exchange.route().address(), request(exchange), context(exchange)));
    return false;
  }

  static OperationRequest request(Exchange exchange) {
    return new OperationRequest(
        exchange.route().operation().id(),
        exchange.parameters(),
        exchange.query(),
        exchange.wantedHeaders(),
        exchange.clientAddress(),
        exchange.body());
  }

  static CallContext context(Exchange exchange) {
    OperationRecord operation = exchange.route().operation();
    return new CallContext(
        exchange.deadlineNanos(),
        exchange.trace(),
        exchange.principal(),
        operation.priority(),
        operation.safeToRetry());
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
