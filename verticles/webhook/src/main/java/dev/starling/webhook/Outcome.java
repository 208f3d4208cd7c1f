package dev.starling.webhook;

/** What came of one attempt to deliver a web-hook. */
public sealed interface Outcome {

  /** The receiver answered 2xx. */
  record Delivered() implements Outcome {}

  /**
   * Not this time; the receiver may have it all the same.
   *
   * @param reason for operators; holds no secret
   */
  record Later(String reason) implements Outcome {}

  /** It can never be delivered as it is. */
  record Never(String reason) implements Outcome {}
}
