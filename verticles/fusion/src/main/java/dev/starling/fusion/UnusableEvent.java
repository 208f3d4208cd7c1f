package dev.starling.fusion;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Reply;

/** Why an event is not taken. It has no stack trace. */
final class UnusableEvent extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  /**
   * @param message which event and field, what it is and what was expected
   */
  UnusableEvent(Refusal refusal, String message) {
    super(message, null, false, false);
    this.refusal = refusal;
  }

  /** A value that breaks a rule. */
  static UnusableEvent invalid(String where, Object value, String expected) {
    return new UnusableEvent(
        Refusal.INVALID, where + ": " + Excerpt.of(value) + " (expected: " + expected + ")");
  }

  /** Something that is not as it should be, said in words of ours. */
  static UnusableEvent invalid(String message) {
    return new UnusableEvent(Refusal.INVALID, message);
  }

  static UnusableEvent malformed(String message) {
    return new UnusableEvent(Refusal.MALFORMED, message);
  }

  static UnusableEvent tooLarge(String message) {
    return new UnusableEvent(Refusal.TOO_LARGE, message);
  }

  /** The detail alone. */
  String detail() {
    return String.valueOf(getMessage());
  }

  /** Whether it may well be taken later. */
  boolean isForLater() {
    return refusal == Refusal.NOT_EXECUTED;
  }

  <T> Reply<T> reply() {
    return Reply.refused(refusal, detail());
  }
}
