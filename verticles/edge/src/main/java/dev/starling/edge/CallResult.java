package dev.starling.edge;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import org.jspecify.annotations.Nullable;

/** How the call of an operation ended, whoever asked for it. Immutable. */
sealed interface CallResult {

  /** The service answered. */
  record Replied(OperationReply reply) implements CallResult {}

  /** The bus brought no answer. */
  record Failed(ErrorCode code) implements CallResult {}

  /** The policy did not let it through. */
  record Refused(PolicyRefusal refusal) implements CallResult {}

  /**
   * @param answer of the service; null when it failed
   */
  static CallResult of(@Nullable OperationReply answer, @Nullable Throwable failure) {
    if (answer != null) {
      return new Replied(answer);
    }
    return new Failed(failure instanceof BusException known ? known.code() : ErrorCode.INTERNAL);
  }
}
