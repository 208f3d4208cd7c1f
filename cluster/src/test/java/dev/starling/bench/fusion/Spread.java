package dev.starling.bench.fusion;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Some figures, by how they lie. Immutable. */
final class Spread {
  private final double[] sorted;

  private Spread(double[] sorted) {
    this.sorted = sorted;
  }

  static Spread of(DoubleStream figures) {
    double[] sorted = figures.toArray();
    Arrays.sort(sorted);
    return new Spread(sorted);
  }

  /** The least of them that so many of 100 do not exceed; 0 when there are none. */
  double at(double percentile) {
    if (sorted.length == 0) {
      return 0;
    }
    int place = (int) Math.ceil(percentile / 100 * sorted.length) - 1;
    return sorted[Math.max(0, place)];
  }
}
