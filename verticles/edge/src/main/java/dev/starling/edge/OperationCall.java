package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.policy.breaker.Outcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of an operation behind the guards of its route. Confined to the event loop of its
 * exchange, which it may outlive: what it holds is given back when the service is done with it, not
 * when the client is.
 */
final class OperationCall implements Passage.Traveller {
  private final Bus bus;
  private final Exchange exchange;
  private final OperationRequest request;
  private final Consumer<CallResult> end;
  private final Passage passage;

  /**
   * @param end is told how it ended, once, unless it was abandoned
   */
  OperationCall(Bus bus, Exchange exchange, OperationRequest request, Consumer<CallResult> end) {
    this.bus = bus;
    this.exchange = exchange;
    this.request = request;
    this.end = end;
    this.passage = new Passage(exchange, this);
  }

  void begin() {
    passage.enter();
  }

  /** Nobody needs it, unless it has been sent. */
  void abandon() {
    passage.abandon();
  }

  @Override
  public void admitted(long nowNanos) {
    exchange.operationBegins(nowNanos);
    bus.call(exchange.route().address(), request, RunOperation.context(exchange))
        .onComplete(this::ended);
  }

  @Override
  public void refused(CallResult why) {
    end.accept(why);
  }

  private void ended(@Nullable OperationReply reply, @Nullable Throwable failure) {
    CallResult result = CallResult.of(reply, failure);
    long now = System.nanoTime();
    passage.answered(outcome(result), now);
    passage.leave(now);
    exchange.operationEnded(result, now);
    end.accept(result);
  }

  /** What a result says about the service. */
  static Outcome outcome(CallResult result) {
    if (result instanceof CallResult.Replied replied) {
      return replied.reply() instanceof Refused refused ? outcome(refused) : Outcome.SUCCESS;
    }
    return result instanceof CallResult.Failed failed ? outcome(failed.code()) : Outcome.SHED;
  }

  private static Outcome outcome(Refused refused) {
    return HttpErrors.status(refused.refusal()) < 500 ? Outcome.CLIENT_ERROR : Outcome.SERVER_ERROR;
  }

  private static Outcome outcome(ErrorCode code) {
    return switch (code) {
      case DEADLINE_EXCEEDED -> Outcome.TIMEOUT;
      case UNAVAILABLE, NODE_LOST -> Outcome.CONNECT_ERROR;
      case INTERNAL, UNKNOWN_OUTCOME -> Outcome.SERVER_ERROR;
      // It did its work.
      case REPLY_TOO_LARGE -> Outcome.SUCCESS;
      // The bus had no room for it, or it came too late to be looked at.
      case OVERLOADED, EXPIRED -> Outcome.SHED;
      // The edge and the service disagree: a mistake, but somebody answered.
      case INVALID_ARGUMENT -> Outcome.CLIENT_ERROR;
      case CANCELLED -> Outcome.CANCELLED;
    };
  }
}
