package dev.starling.policy.bulkhead;

import java.time.Duration;

/**
 * How many may be inside and how many may wait.
 *
 * @param permits how many may be inside at once
 * @param maxWaiters how many more may wait; 0 for nobody
 * @param maxWait for how long one waits at most
 */
public record BulkheadConfig(int permits, int maxWaiters, Duration maxWait) {
  public BulkheadConfig {
    if (permits < 1) {
      throw new IllegalArgumentException("permits: " + permits + " (expected: > 0)");
    }
    if (maxWaiters < 0) {
      throw new IllegalArgumentException("max-waiters: " + maxWaiters + " (expected: >= 0)");
    }
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("max-wait: " + maxWait + " (expected: >= 0)");
    }
  }
}
