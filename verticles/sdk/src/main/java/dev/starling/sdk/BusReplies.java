package dev.starling.sdk;

import dev.starling.bus.BusException;
import dev.starling.contract.operation.OperationReply.Refusal;
import io.vertx.core.Future;

/**
 * Says to clients what the failure of a call that changes nothing means for them. Without state.
 */
public final class BusReplies {
  private BusReplies() {}

  /**
   * The refusal that the failure of a read becomes: nothing was done, whatever happened to the
   * call. A mistake of ours stays a failure.
   *
   * @param detail what cannot be done now, for people
   */
  public static <T> Future<Reply<T>> refusal(Throwable failure, String detail) {
    if (!(failure instanceof BusException call)) {
      return Future.failedFuture(failure);
    }
    return switch (call.code()) {
      case UNAVAILABLE, OVERLOADED, EXPIRED, DEADLINE_EXCEEDED, NODE_LOST, CANCELLED ->
          Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, detail));
      case INVALID_ARGUMENT, INTERNAL, UNKNOWN_OUTCOME, REPLY_TOO_LARGE ->
          Future.failedFuture(failure);
    };
  }
}
