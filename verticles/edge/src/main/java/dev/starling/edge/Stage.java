package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * One step of the {@link EdgePipeline}. It holds no state of a request; an event loop has one
 * object of each, and calls it on that loop only.
 *
 * <p>A stage goes on, or ends the exchange by an answer, or waits: then it has handed the exchange
 * to a future that completes it.
 */
interface Stage {

  /** Looks at the exchange; true when the next stage may begin at once. */
  boolean enter(Exchange exchange);

  /** Takes what the stage has waited for; true when the next stage may begin. */
  default boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    throw new IllegalStateException(getClass().getSimpleName() + " waits for nothing");
  }
}
