package dev.starling.orders;

import dev.starling.sdk.Bounds;
import java.time.Duration;

/**
 * The section {@code orders} of a node's configuration. Immutable.
 *
 * @param maxBatch orders that one transaction stores at most
 * @param maxBatches transactions that one instance has under way at a time; the more wait, the more
 *     of them share one
 * @param maxWaiting orders that may wait in one instance; one more is refused, not executed
 * @param maxStaleness how far behind a replica may be that answers who has not just written; zero
 *     asks the primary
 */
public record OrdersConfig(int maxBatch, int maxBatches, int maxWaiting, Duration maxStaleness) {

  public OrdersConfig {
    Bounds.within("max-batch", maxBatch, 1, 1_000);
    Bounds.within("max-batches", maxBatches, 1, 32);
    Bounds.within("max-waiting", maxWaiting, 1, 100_000);
    Bounds.within("max-staleness", maxStaleness, Duration.ZERO, Duration.ofHours(1));
  }

  public static OrdersConfig defaults() {
    return new OrdersConfig(128, 6, 2_000, Duration.ofSeconds(1));
  }
}
