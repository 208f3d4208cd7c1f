package dev.starling.outbox;

/** What became of sending an event to a consumer. */
sealed interface Outcome {

  /** The consumer has committed its effect. */
  record Taken() implements Outcome {}

  /** It may be tried again, and that was an attempt. */
  record Failed(String reason) implements Outcome {}

  /** It can never be taken. */
  record Refused(String reason) implements Outcome {}

  /**
   * The consumer did not look at it, because it does not run or has no room.
   *
   * @param pauseMillis how long it is left alone
   */
  record NotTried(long pauseMillis) implements Outcome {}
}
