package dev.starling.devices;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * The section {@code devices} of a node's configuration. Immutable.
 *
 * @param maxPerUser devices that a user may register
 * @param maxOpenPerDevice commands of a device that have not ended; one more is rejected
 * @param maxStreams streams of commands that an instance serves
 * @param maxStreamsPerUser of them, for one user
 * @param pollInterval how often a stream looks for commands that nobody told it of
 * @param retention how long a command is kept that has ended
 */
public record DevicesConfig(
    int maxPerUser,
    int maxOpenPerDevice,
    int maxStreams,
    int maxStreamsPerUser,
    Duration pollInterval,
    Duration retention) {

  public DevicesConfig {
    Bounds.within("max-per-user", maxPerUser, 1, 1_000);
    Bounds.within("max-open-per-device", maxOpenPerDevice, 1, 1_000);
    Bounds.within("max-streams", maxStreams, 1, 100_000);
    Bounds.within("max-streams-per-user", maxStreamsPerUser, 1, 10_000);
    Bounds.within("poll-interval", pollInterval, Duration.ofMillis(50), Duration.ofMinutes(10));
    Bounds.within("retention", retention, Duration.ofMinutes(1), Duration.ofDays(366));
  }

  public static DevicesConfig defaults() {
    return new DevicesConfig(64, 100, 2_000, 100, Duration.ofSeconds(2), Duration.ofDays(7));
  }
}
