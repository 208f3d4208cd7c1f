package dev.starling.bus;

import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, as a number that is part of the wire contract.
 *
 * <p>Expected outcomes (limited, denied, absent) are replies, never failures. Numbers are not
 * reused.
 */
public enum ErrorCode {
  /** The request cannot be understood by the service; nothing ran, sending it again is useless. */
  INVALID_ARGUMENT(1, true),
  /** No live node serves the address; nothing ran. */
  UNAVAILABLE(2, true),
  /** A bound was reached (credits, queue, pool); nothing ran. */
  OVERLOADED(3, true),
  /** The deadline passed before the work was started; nothing ran. */
  EXPIRED(4, true),
  /** The deadline passed while waiting for the answer; the work may have been done. */
  DEADLINE_EXCEEDED(5, false),
  /** The node that had the call is gone; the work may have been done. */
  NODE_LOST(6, false),
  /** The service failed in a way that it did not foresee; the work may have been done. */
  INTERNAL(7, false),
  /** It cannot be told whether the work was done: a commit was lost, or the caller closed first. */
  UNKNOWN_OUTCOME(8, false),
  /** Whoever waited gave it up, e.g. because its client left; the work may have been done. */
  CANCELLED(9, false),
  /** The work was done, and its reply does not fit into a message. Nodes before say INTERNAL. */
  REPLY_TOO_LARGE(10, false);

  private static final ErrorCode[] VALUES = values();

  private final int number;
  private final boolean notExecuted;

  ErrorCode(int number, boolean notExecuted) {
    this.number = number;
    this.notExecuted = notExecuted;
  }

  public int number() {
    return number;
  }

  /** True when it is certain that nothing was done, so that any call may be sent elsewhere. */
  public boolean notExecuted() {
    return notExecuted;
  }

  /** The code with this number, or null when a newer peer sent one that this node does not know. */
  public static @Nullable ErrorCode of(int number) {
    for (ErrorCode code : VALUES) {
      if (code.number == number) {
        return code;
      }
    }
    return null;
  }
}
