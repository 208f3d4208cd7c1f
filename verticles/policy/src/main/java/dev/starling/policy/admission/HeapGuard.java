package dev.starling.policy.admission;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.SheddingRule;
import java.time.Duration;

/**
 * Refuses what matters less while little memory is left that a collection could free.
 *
 * <p>Threading: thread-safe; to ask costs a read. Time is passed in.
 */
public final class HeapGuard {
  /**
   * How long a figure counts. Who refuses work makes less garbage, so there may be no collection
   * that would tell of the memory that has become free: after this the guard lets in what brings
   * one about, or is told again.
   */
  static final Duration FIGURE_LIFE = Duration.ofSeconds(30);

  private final SheddingRule rule;
  private volatile Figure figure;

  private record Figure(double percent, long atNanos) {}

  public HeapGuard(SheddingRule rule, long nowNanos) {
    this.rule = rule;
    this.figure = new Figure(0, nowNanos);
  }

  /**
   * Notes what a collection left.
   *
   * @param percent of the old generation in use after it, of the most that it may be
   */
  public void collected(double percent, long nowNanos) {
    figure = new Figure(percent, nowNanos);
  }

  public boolean admits(Priority priority, long nowNanos) {
    return !rule.enabled() || observedPercent(nowNanos) <= thresholdPercent(priority);
  }

  /** What the last collection left, 0 when that was too long ago to count. */
  public double observedPercent(long nowNanos) {
    Figure last = figure;
    return nowNanos - last.atNanos > FIGURE_LIFE.toNanos() ? 0 : last.percent;
  }

  /** Above which percentage a priority is refused. */
  public int thresholdPercent(Priority priority) {
    return switch (priority) {
      case OPERATIONS, CRITICAL -> 100;
      case NORMAL -> rule.heapCriticalPercent();
      case SHEDDABLE -> rule.heapPercent();
    };
  }
}
