package dev.starling.policy.breaker;

/** How a call ended, as far as it says something about who was called. */
public enum Outcome {
  /** It was answered. */
  SUCCESS(true, false),

  /** It was answered with a fault of the caller's: a trial passes, the window does not count it. */
  CLIENT_ERROR(false, false),

  /** It was answered with a fault of its own (a 5xx, an error of the database). */
  SERVER_ERROR(true, true),

  /** Nobody answered in time. */
  TIMEOUT(true, true),

  /** Nobody could be reached. */
  CONNECT_ERROR(true, true),

  /** Somebody on the way had no room for it; says nothing about the dependency. */
  SHED(false, false),

  /** The caller did not want it any more; says nothing about the dependency. */
  CANCELLED(false, false);

  private final boolean counted;
  private final boolean failure;

  Outcome(boolean counted, boolean failure) {
    this.counted = counted;
    this.failure = failure;
  }

  /** Whether the window of a closed breaker counts it. */
  boolean isCounted() {
    return counted;
  }

  boolean isFailure() {
    return failure;
  }

  /** Whether somebody answered, whatever it was. */
  boolean isAnswer() {
    return this == SUCCESS || this == CLIENT_ERROR;
  }
}
