package dev.starling.bus;

import java.time.Duration;

/**
 * Bounds of the streams of one node.
 *
 * @param max ends of streams that the node may have; opening one more fails with {@code OVERLOADED}
 * @param windowItems items that an end may have sent and its peer not yet taken
 * @param windowBytes the same in bytes; one item may go beyond
 * @param maxItemBytes the largest item
 * @param keepAlive how often an end says that it is there, when it has nothing else to say to a
 *     peer on another node
 * @param idleTimeout how long a peer on another node may be silent before the stream is given up;
 *     at least two keep-alives
 * @param drainGrace how long a stream of a service that stops may take to end
 */
public record StreamOptions(
    int max,
    int windowItems,
    int windowBytes,
    int maxItemBytes,
    Duration keepAlive,
    Duration idleTimeout,
    Duration drainGrace) {

  public StreamOptions {
    range("max", max, 1, 10_000_000);
    range("window-items", windowItems, 1, 1_000_000);
    range("window-bytes", windowBytes, 1, 1 << 26);
    range("max-item-bytes", maxItemBytes, 1, 1 << 24);
    range("keep-alive", keepAlive, Duration.ofMillis(1));
    range("idle-timeout", idleTimeout, keepAlive.multipliedBy(2));
    range("drain-grace", drainGrace, Duration.ofMillis(1));
  }

  public static StreamOptions defaults() {
    return new StreamOptions(
        20_000,
        64,
        1 << 18,
        1 << 18,
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2));
  }

  private static void range(String key, int value, int from, int to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + from + ".." + to + ")");
    }
  }

  private static void range(String key, Duration value, Duration from) {
    if (value.compareTo(from) < 0 || value.toHours() >= 1) {
      throw new IllegalArgumentException(
          key + ": " + value.toMillis() + "ms (expected: " + from.toMillis() + "ms..1h)");
    }
  }
}
