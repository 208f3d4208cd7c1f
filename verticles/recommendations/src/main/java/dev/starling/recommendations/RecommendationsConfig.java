package dev.starling.recommendations;

import static dev.starling.sdk.Bounds.within;

import java.time.Duration;

/**
 * The section {@code recommendations} of a node's configuration. Immutable.
 *
 * @param maxSkusPerOrder different articles of an order that are counted; the pairs grow with its
 *     square
 * @param cacheLife how long an answer is kept
 * @param cacheMaxEntries answers that a node keeps, about 4 KB each
 * @param maxReads reads over all databases that a node makes at once
 * @param databaseTimeout longest wait for one database
 */
public record RecommendationsConfig(
    int maxSkusPerOrder,
    Duration cacheLife,
    int cacheMaxEntries,
    int maxReads,
    Duration databaseTimeout) {

  public RecommendationsConfig {
    within("max-skus-per-order", maxSkusPerOrder, 2, 100);
    within("cache-life", cacheLife, Duration.ZERO, Duration.ofHours(1));
    within("cache-max-entries", cacheMaxEntries, 0, 1_000_000);
    within("max-reads", maxReads, 1, 1_000);
    within("database-timeout", databaseTimeout, Duration.ofMillis(10), Duration.ofSeconds(10));
  }

  public static RecommendationsConfig defaults() {
    return new RecommendationsConfig(20, Duration.ofSeconds(30), 10_000, 8, Duration.ofSeconds(1));
  }
}
