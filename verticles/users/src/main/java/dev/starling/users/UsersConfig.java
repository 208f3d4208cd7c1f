package dev.starling.users;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * The section {@code users} of a node's configuration. Immutable.
 *
 * @param reservationLife how long an address is held for somebody who does not confirm
 * @param cacheMaxEntries profiles that a node caches; a profile takes about 1 KB
 * @param cacheEntryLife how long a profile that nobody changes stays cached
 * @param cacheMaxStaleness how far a cached answer may be behind the database when every
 *     invalidation message is lost; while the change feed is older than this the cache is bypassed
 * @param cachePollInterval how often a node reads the change feed
 * @param sweepInterval how often expired reservations are removed
 */
public record UsersConfig(
    Duration reservationLife,
    int cacheMaxEntries,
    Duration cacheEntryLife,
    Duration cacheMaxStaleness,
    Duration cachePollInterval,
    Duration sweepInterval) {

  public UsersConfig {
    Bounds.within("reservation-life", reservationLife, Duration.ofSeconds(1), Duration.ofDays(7));
    Bounds.within("cache-max-entries", cacheMaxEntries, 1, 10_000_000);
    Bounds.within("cache-entry-life", cacheEntryLife, Duration.ofSeconds(1), Duration.ofDays(1));
    Bounds.within(
        "cache-max-staleness", cacheMaxStaleness, Duration.ofMillis(20), Duration.ofHours(1));
    Bounds.within(
        "cache-poll-interval", cachePollInterval, Duration.ofMillis(10), Duration.ofHours(1));
    Bounds.within("sweep-interval", sweepInterval, Duration.ofSeconds(1), Duration.ofDays(1));
    // Below half of it one lost poll would take the cache out of use.
    if (cachePollInterval.multipliedBy(2).compareTo(cacheMaxStaleness) > 0) {
      throw new IllegalArgumentException(
          "cache-poll-interval: %d ms (expected: at most half of cache-max-staleness, %d ms)"
              .formatted(cachePollInterval.toMillis(), cacheMaxStaleness.toMillis()));
    }
  }

  public static UsersConfig defaults() {
    return new UsersConfig(
        Duration.ofMinutes(15),
        50_000,
        Duration.ofMinutes(10),
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        Duration.ofMinutes(1));
  }
}
