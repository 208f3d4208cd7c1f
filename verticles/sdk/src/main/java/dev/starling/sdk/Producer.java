package dev.starling.sdk;

/**
 * Produces the items of a stream, from when it is open until it ends.
 *
 * <p>Called on the verticle's context, and returns at once: it sends what there is while {@link
 * StreamWriter#isReady()}, and sets handlers for the rest. What it throws ends the stream with an
 * internal error.
 *
 * @param <T> an item, written as JSON
 */
@FunctionalInterface
public interface Producer<T> {
  void produce(StreamWriter<T> out);
}
