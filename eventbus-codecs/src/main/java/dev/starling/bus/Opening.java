package dev.starling.bus;

import java.util.function.Consumer;

/**
 * What a service says to a request to open a stream.
 *
 * @param <A> the contract's answer
 * @param <I> what the service receives
 * @param <O> what it sends
 */
public sealed interface Opening<A, I, O> {

  A answer();

  /**
   * The stream is open.
   *
   * @param begin is called with the service's end, on its context, once the answer is on its way;
   *     it sets the handlers and may send
   */
  record Accept<A, I, O>(A answer, Consumer<BusStream<O, I>> begin) implements Opening<A, I, O> {}

  /** There is no stream, and the answer says why. */
  record Decline<A, I, O>(A answer) implements Opening<A, I, O> {}
}
