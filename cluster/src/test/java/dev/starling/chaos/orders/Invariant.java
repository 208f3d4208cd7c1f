package dev.starling.chaos.orders;

/** What must hold whatever happens to nodes, networks and databases. */
enum Invariant {
  /**
   * An acknowledged key has one order, each order one event, each event one effect of each kind; a
   * cancellation that was acknowledged holds.
   */
  EXACTLY_ONCE("acknowledged: one order, one event, one effect each"),
  /** An order's key was invoked, and not only with a definite refusal; likewise a cancellation. */
  ASKED_FOR("nothing was done that was only refused"),
  /**
   * A replay has the same order; a key with another body and a key in flight are refused, and only
   * these are.
   */
  ONE_ANSWER("a key has one answer"),
  /** A read that begins after an acknowledgement sees what was acknowledged. */
  VISIBLE("what is acknowledged is seen"),
  /** Stock is what it was, less what was ordered; never negative, whoever looks when. */
  STOCK("stock adds up and is never negative"),
  /** Consumers act on the events of an order in their order. */
  IN_ORDER("events of an order act in order"),
  /** There is no event without an order and no effect without an event. */
  NO_PHANTOM("no effect without an order");

  private final String text;

  Invariant(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
