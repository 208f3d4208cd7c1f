package dev.starling.outbox;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * The section {@code outbox} of a node's configuration. Immutable.
 *
 * @param batchEvents events of a shard that are sent and marked together, at most
 * @param batchBytes of their data, at most; one more event may begin before it is full
 * @param shardsAtOnce how many shards of a range have a batch under way at the same time
 * @param deliverTimeout longest wait for a consumer's answer
 * @param pollInterval how often a relay looks without being told to
 * @param maxAttempts how often an event is sent to a consumer before it is a dead letter
 * @param firstRetry pause after the first attempt; it doubles with each further one
 * @param longestRetry bound of that pause
 * @param longestPause how long a consumer that does not run is left alone at the most
 * @param retention how long delivered events, and what consumers remember of them, are kept
 */
public record OutboxConfig(
    int batchEvents,
    int batchBytes,
    int shardsAtOnce,
    Duration deliverTimeout,
    Duration pollInterval,
    int maxAttempts,
    Duration firstRetry,
    Duration longestRetry,
    Duration longestPause,
    Duration retention) {

  public OutboxConfig {
    Bounds.within("batch-events", batchEvents, 1, 1_000);
    // With one event of the greatest size more, it fits into a message of the bus.
    Bounds.within("batch-bytes", batchBytes, 1_024, 512 * 1_024);
    Bounds.within("shards-at-once", shardsAtOnce, 1, Ranges.SHARDS);
    Bounds.within("deliver-timeout", deliverTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    Bounds.within("poll-interval", pollInterval, Duration.ofMillis(10), Duration.ofMinutes(1));
    Bounds.within("max-attempts", maxAttempts, 1, 1_000);
    Bounds.within("first-retry", firstRetry, Duration.ofMillis(1), Duration.ofHours(1));
    Bounds.within("longest-retry", longestRetry, firstRetry, Duration.ofDays(1));
    Bounds.within("longest-pause", longestPause, Duration.ofMillis(1), Duration.ofHours(1));
    Bounds.within("retention", retention, Duration.ofDays(1), Retention.LONGEST);
  }

  public static OutboxConfig defaults() {
    return new OutboxConfig(
        200,
        512 * 1_024,
        2,
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        12,
        Duration.ofSeconds(1),
        Duration.ofMinutes(10),
        Duration.ofSeconds(15),
        Duration.ofDays(3));
  }
}
