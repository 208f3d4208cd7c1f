package dev.starling.sdk;

/**
 * Talks with a client both ways, from when the socket is open until it closes; otherwise like a
 * {@link Producer}.
 *
 * @param <I> what the client sends, validated
 * @param <O> what it gets
 */
@FunctionalInterface
public interface Conversation<I, O> {
  void begin(StreamReader<I> in, StreamWriter<O> out);
}
