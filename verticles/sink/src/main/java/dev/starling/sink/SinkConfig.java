package dev.starling.sink;

import static dev.starling.sdk.Bounds.within;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code sink} of a node's configuration. Immutable.
 *
 * @param types of the events that are copied, e.g. {@code dev.starling.order.placed}
 * @param redis where they are copied to
 */
public record SinkConfig(List<String> types, RedisStream redis) {

  public SinkConfig(@Nullable List<String> types, @Nullable RedisStream redis) {
    this.types = types == null ? List.of() : List.copyOf(types);
    this.redis = redis == null ? RedisStream.defaults() : redis;
    if (this.redis.configured() && this.types.isEmpty()) {
      throw new IllegalArgumentException(
          "types: none for the stream %s (expected: e.g. dev.starling.order.placed)"
              .formatted(this.redis.stream));
    }
  }

  public static SinkConfig defaults() {
    return new SinkConfig(List.of(), RedisStream.defaults());
  }

  /**
   * @param stream its key; empty copies nothing
   * @param maxLength about how many entries it keeps
   */
  public record RedisStream(String stream, int maxLength) {
    public RedisStream(@Nullable String stream, int maxLength) {
      this.stream = stream == null ? "" : stream.strip();
      this.maxLength = within("max-length", maxLength, 1, 100_000_000);
    }

    static RedisStream defaults() {
      return new RedisStream("", 1_000_000);
    }

    boolean configured() {
      return !stream.isEmpty();
    }
  }
}
