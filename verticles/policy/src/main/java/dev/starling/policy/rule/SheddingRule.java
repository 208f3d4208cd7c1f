package dev.starling.policy.rule;

import java.time.Duration;

/**
 * When a node refuses work because of its own state.
 *
 * @param loopLag how late its event loops may make themselves, on average of a second
 * @param heapPercent of the largest heap in use after a collection: what is sheddable is refused
 * @param heapCriticalPercent likewise: only operations and critical calls are served
 */
public record SheddingRule(
    boolean enabled, Duration loopLag, int heapPercent, int heapCriticalPercent) {
  public SheddingRule {
    Expect.range("loop-lag", loopLag, Duration.ofMillis(1), Duration.ofSeconds(10));
    Expect.range("heap-percent", heapPercent, 1, 100);
    Expect.range("heap-critical-percent", heapCriticalPercent, heapPercent, 100);
  }

  public static SheddingRule defaults() {
    return new SheddingRule(true, Duration.ofMillis(100), 85, 92);
  }
}
