package dev.starling.cluster.config;

import java.time.Duration;

/**
 * How the node leaves.
 *
 * @param notice how long everything is still served after the node has said that it drains, so that
 *     load balancers and clients have noticed before the port closes
 * @param timeout how long draining may take in all; what is not finished by then is cut
 */
public record DrainConfig(Duration notice, Duration timeout) {
  private static final Duration LONGEST = Duration.ofHours(1);

  public DrainConfig {
    if (notice.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("notice: " + notice + " (expected: 0s..5m)");
    }
    if (timeout.compareTo(LONGEST) > 0 || timeout.compareTo(notice) <= 0) {
      throw new IllegalArgumentException(
          "timeout: " + timeout + " (expected: longer than notice, at most 1h)");
    }
  }

  public static DrainConfig defaults() {
    return new DrainConfig(Duration.ofSeconds(2), Duration.ofSeconds(25));
  }
}
