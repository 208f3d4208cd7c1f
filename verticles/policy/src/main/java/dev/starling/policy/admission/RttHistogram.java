package dev.starling.policy.admission;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts round-trip times and gives their median, within 1/32 of itself.
 *
 * <p>Any thread may add; one at a time drains. What is added while somebody drains is in this count
 * or in the next.
 */
final class RttHistogram {
  /*
   * A bucket for every sixteenth of a power of two, from 1 µs (2^10 ns) to 18 min (2^40 ns); what is
   * beyond counts at the ends. Half of a sixteenth is the error of a bucket's middle.
   */
  private static final int SHIFT = 4;
  private static final int PARTS = 1 << SHIFT;
  private static final int LOWEST = 10;
  private static final int HIGHEST = 40;

  private final AtomicIntegerArray counts = new AtomicIntegerArray((HIGHEST - LOWEST + 1) * PARTS);

  void add(long nanos) {
    counts.incrementAndGet(bucket(nanos));
  }

  int count() {
    int all = 0;
    for (int i = 0; i < counts.length(); i++) {
      all += counts.get(i);
    }
    return all;
  }

  /** The median; empties the histogram. There must be something in it. */
  double drainMedian() {
    int[] drained = new int[counts.length()];
    long all = 0;
    for (int i = 0; i < drained.length; i++) {
      drained[i] = counts.get(i) == 0 ? 0 : counts.getAndSet(i, 0);
      all += drained[i];
    }
    long before = 0;
    int median = 0;
    while (median < drained.length - 1 && 2 * (before + drained[median]) < all) {
      before += drained[median++];
    }
    return middle(median);
  }

  void clear() {
    for (int i = 0; i < counts.length(); i++) {
      if (counts.get(i) != 0) {
        counts.set(i, 0);
      }
    }
  }

  private static int bucket(long nanos) {
    long bounded = Math.max(1L << LOWEST, Math.min(nanos, (1L << HIGHEST + 1) - 1));
    int power = 63 - Long.numberOfLeadingZeros(bounded);
    int part = (int) (bounded >>> power - SHIFT) & PARTS - 1;
    return (power - LOWEST) * PARTS + part;
  }

  private static double middle(int bucket) {
    int power = LOWEST + bucket / PARTS;
    return Math.scalb(1 + (bucket % PARTS + 0.5) / PARTS, power);
  }
}
