package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import org.jspecify.annotations.Nullable;

/**
 * Calls the service of an operation that answers once, through what guards it, and answers with
 * what it says.
 */
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
    if (exchange.rules().isGuarded()) {
      OperationCall call =
          new OperationCall(
              bus, exchange, request(exchange), result -> exchange.complete(result, null));
      exchange.onEnd(call::abandon);
      call.begin();
    } else {
      if (exchange.isTimed()) {
        exchange.operationBegins(System.nanoTime());
      }
      exchange.await(bus.call(exchange.route().address(), request(exchange), context(exchange)));
    }
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
        exchange.priority(),
        operation.safeToRetry());
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    if (answer instanceof CallResult result) {
      exchange.conclude(result);
    } else {
      CallResult result = CallResult.of((OperationReply) answer, failure);
      if (exchange.isTimed()) {
        exchange.operationEnded(result, System.nanoTime());
      }
      exchange.conclude(result);
    }
    return false;
  }
}
