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
 * what it says. A raw operation whose body or answer is too large for a message is left to {@link
 * RunInPieces}.
 */
final class RunOperation implements Stage {
  private final Bus bus;

  RunOperation(Bus bus) {
    this.bus = bus;
  }

  @Override
  public boolean enter(Exchange exchange) {
    if (exchange.route().operation().cancellable()) {
      exchange.cancelWhenClientLeaves();
    }
    if (!answersOnce(exchange)) {
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

  /** Whether it is a call, with all of its body here. */
  private static boolean answersOnce(Exchange exchange) {
    Interaction interaction = exchange.route().operation().interaction();
    if (interaction == Interaction.CALL) {
      return true;
    }
    RequestBody body = exchange.requestBody();
    return interaction == Interaction.RAW && (body == null || body.isDone());
  }

  static OperationRequest request(Exchange exchange) {
    return request(exchange, exchange.body());
  }

  static OperationRequest request(Exchange exchange, byte[] body) {
    return new OperationRequest(
        exchange.route().operation().id(),
        exchange.parameters(),
        exchange.query(),
        exchange.wantedHeaders(),
        exchange.clientAddress(),
        body);
  }

  static CallContext context(Exchange exchange) {
    OperationRecord operation = exchange.route().operation();
    return new CallContext(
        exchange.deadlineNanos(),
        exchange.trace(),
        exchange.principal(),
        exchange.priority(),
        operation.safeToRetry(),
        exchange.cancellation());
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    CallResult result;
    if (answer instanceof CallResult known) {
      result = known;
    } else {
      result = CallResult.of((OperationReply) answer, failure);
      if (exchange.isTimed()) {
        exchange.operationEnded(result, System.nanoTime());
      }
    }
    if (result instanceof CallResult.Failed failed
        && RunInPieces.isNeeded(exchange.route().operation(), failed.code())) {
      return true;
    }
    exchange.conclude(result);
    return false;
  }
}
