package dev.starling.fusion;

import dev.starling.sdk.Bounds;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;

/**
 * The section {@code fusion} of a node's configuration. Immutable.
 *
 * @param lateness how long an utterance waits for what is still on its way; the same on all nodes
 * @param correctionWindow for how long after a decision something later may change it
 * @param commandTtl how long a command is worth doing
 * @param retention of events and decisions
 * @param zone in which "this morning" is meant by devices that write their times in UTC
 * @param maxBodyBytes of a request
 * @param maxImageBytes of a picture, decoded
 * @param maxBatchEvents of a request
 * @param maxWaiting events that may wait in one instance to be written; more are refused
 * @param maxBatch events that one statement writes, unless a single request has more
 * @param maxBatches transactions that one instance has under way at a time
 * @param embedTimeout how long an utterance waits for its vector before it is stored without one
 * @param timelinesMib how much of users' timelines a node keeps in memory
 * @param maxWatchers streams and waiting requests of one instance
 */
public record FusionConfig(
    Duration lateness,
    Duration correctionWindow,
    Duration commandTtl,
    Duration retention,
    String zone,
    int maxBodyBytes,
    int maxImageBytes,
    int maxBatchEvents,
    int maxWaiting,
    int maxBatch,
    int maxBatches,
    Duration embedTimeout,
    int timelinesMib,
    int maxWatchers) {
  private static final int MIB = 1024 * 1024;

  public FusionConfig {
    Bounds.within("lateness", lateness, Duration.ZERO, Duration.ofSeconds(30));
    Bounds.within("correction-window", correctionWindow, Duration.ZERO, Duration.ofHours(1));
    Bounds.within("command-ttl", commandTtl, Duration.ofSeconds(1), Duration.ofDays(1));
    Bounds.within("retention", retention, Duration.ofDays(1), Duration.ofDays(365));
    Bounds.within("max-body-bytes", maxBodyBytes, 64 * 1024, 64 * MIB);
    Bounds.within("max-image-bytes", maxImageBytes, 1024, 32 * MIB);
    Bounds.within("max-batch-events", maxBatchEvents, 1, 10_000);
    Bounds.within("max-waiting", maxWaiting, 1, 1_000_000);
    Bounds.within("max-batch", maxBatch, 1, 10_000);
    Bounds.within("max-batches", maxBatches, 1, 32);
    Bounds.within("embed-timeout", embedTimeout, Duration.ofMillis(1), Duration.ofSeconds(10));
    Bounds.within("timelines-mib", timelinesMib, 1, 65_536);
    Bounds.within("max-watchers", maxWatchers, 1, 100_000);
    try {
      ZoneId.of(String.valueOf(zone));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("zone: " + zone + " (expected: e.g. Europe/Berlin)", e);
    }
  }

  public static FusionConfig defaults() {
    return new FusionConfig(
        Duration.ofMillis(500),
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        Duration.ofDays(7),
        "UTC",
        16 * MIB,
        8 * MIB,
        500,
        20_000,
        500,
        2,
        Duration.ofMillis(150),
        64,
        1_000);
  }

  long timelineBytes() {
    return (long) timelinesMib * MIB;
  }
}
