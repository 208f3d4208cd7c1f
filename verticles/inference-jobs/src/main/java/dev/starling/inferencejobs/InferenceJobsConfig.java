package dev.starling.inferencejobs;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * The section {@code inference-jobs} of a node's configuration. Immutable.
 *
 * @param runTimeout how long one run of a model may take
 * @param maxRunning jobs that an instance runs at once
 * @param maxWaiting jobs that wait in an instance for their turn; others are brought again later
 * @param maxAttempts how often a job is begun whose runs come to no end that is known
 * @param maxOpenPerUser jobs of a user that have not ended
 * @param expiry how long a job may take that does not say so itself
 * @param longestExpiry how long it may ask for
 * @param retention how long a job is kept that has ended, with its result
 * @param maxWatchers clients that an instance tells of changes
 * @param maxStaleness how far behind a replica may be that answers reads; zero for the primary
 */
public record InferenceJobsConfig(
    Duration runTimeout,
    int maxRunning,
    int maxWaiting,
    int maxAttempts,
    int maxOpenPerUser,
    Duration expiry,
    Duration longestExpiry,
    Duration retention,
    int maxWatchers,
    Duration maxStaleness) {
  private static final Duration LONGEST = Duration.ofDays(366);

  public InferenceJobsConfig {
    within("run-timeout", runTimeout, Duration.ofMillis(100), Duration.ofHours(12));
    Bounds.within("max-running", maxRunning, 1, 1_000);
    Bounds.within("max-waiting", maxWaiting, 1, 100_000);
    Bounds.within("max-attempts", maxAttempts, 1, 100);
    Bounds.within("max-open-per-user", maxOpenPerUser, 1, 100_000);
    within("longest-expiry", longestExpiry, Duration.ofSeconds(1), LONGEST);
    within("expiry", expiry, Duration.ofSeconds(1), longestExpiry);
    within("retention", retention, Duration.ofMinutes(1), LONGEST);
    Bounds.within("max-watchers", maxWatchers, 1, 100_000);
    within("max-staleness", maxStaleness, Duration.ZERO, Duration.ofMinutes(1));
  }

  public static InferenceJobsConfig defaults() {
    return new InferenceJobsConfig(
        Duration.ofMinutes(1),
        4,
        1_000,
        3,
        1_000,
        Duration.ofDays(1),
        Duration.ofDays(7),
        Duration.ofDays(7),
        1_000,
        Duration.ofSeconds(1));
  }

  private static void within(String key, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s: %d ms (expected: %d..%d ms)"
              .formatted(key, value.toMillis(), least.toMillis(), most.toMillis()));
    }
  }
}
