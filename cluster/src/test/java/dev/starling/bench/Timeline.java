package dev.starling.bench;

import java.util.Arrays;

/**
 * How many good answers there were in each tenth of a second of a run. Confined to one thread at a
 * time.
 */
final class Timeline {
  private static final long SLOT_NANOS = 100_000_000;
  private static final int SLOTS_PER_SECOND = 10;

  private final long startNanos;
  private final int[] good;

  Timeline(long startNanos, double seconds) {
    this.startNanos = startNanos;
    this.good = new int[(int) Math.ceil(seconds * SLOTS_PER_SECOND)];
  }

  void good(long nanos) {
    long slot = (nanos - startNanos) / SLOT_NANOS;
    if (slot >= 0 && slot < good.length) {
      good[(int) slot]++;
    }
  }

  /** Good answers in each whole second. */
  int[] bySecond() {
    int[] seconds = new int[good.length / SLOTS_PER_SECOND];
    for (int slot = 0; slot < seconds.length * SLOTS_PER_SECOND; slot++) {
      seconds[slot / SLOTS_PER_SECOND] += good[slot];
    }
    return seconds;
  }

  /**
   * How many seconds after a moment of the run a second begins with at least so many good answers;
   * infinity when none does.
   */
  double secondsUntil(double momentSeconds, double wanted) {
    int first = (int) Math.ceil(momentSeconds * SLOTS_PER_SECOND);
    for (int slot = first; slot + SLOTS_PER_SECOND <= good.length; slot++) {
      if (Arrays.stream(good, slot, slot + SLOTS_PER_SECOND).sum() >= wanted) {
        return (slot - first) / (double) SLOTS_PER_SECOND;
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
