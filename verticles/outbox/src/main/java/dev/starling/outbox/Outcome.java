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
   * The consumer did not try it: it does not run, has no room, or said that it has to wait.
   *
   * @param pauseMillis how long it is left alone
   */
  record NotTried(long pauseMillis) implements Outcome {}
}
