package dev.starling.policy.bulkhead;

/**
 * Whoever waits to enter; exactly one of the methods is called, once, unless it cancelled before.
 *
 * <p>Threading: called by whichever thread left, ticked or closed, with no lock held. It must not
 * throw, and should only hand over to its own event loop: what it does here delays somebody else.
 */
public interface Waiter {

  /** It is inside now and must leave. */
  void entered(long nowNanos);

  /** It did not get in. */
  void refused(Refusal refusal);

  /** Why somebody who waited did not get in. */
  enum Refusal {
    /** It waited as long as it may. */
    WAITED_TOO_LONG,
    /** It waited longer than makes sense while the queue does not empty. */
    OVERLOADED,
    /** The bulkhead was closed. */
    CLOSED
  }
}
