package dev.starling.policy.bulkhead;

/** What came of wanting to enter: {@link Decided} at once, or a place in the queue. */
public sealed interface Entry permits Entry.Decided, Waiting {

  /** What needs no waiting. */
  enum Decided implements Entry {
    /** The caller is inside and must leave. */
    ENTERED,
    /** There is neither a permit nor a place to wait. */
    FULL,
    /** The bulkhead is closed. */
    CLOSED
  }
}
