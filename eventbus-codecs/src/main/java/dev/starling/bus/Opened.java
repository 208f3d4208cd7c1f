package dev.starling.bus;

import org.jspecify.annotations.Nullable;

/**
 * What the opener of a stream gets.
 *
 * @param answer the service's answer
 * @param stream the opener's end; null when the service declined
 * @param <A> the contract's answer
 * @param <I> what the opener sends
 * @param <O> what it receives
 */
public record Opened<A, I, O>(A answer, @Nullable BusStream<I, O> stream) {}
