package dev.starling.bench.inference;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The middle of what rounds measured. */
final class Medians {
  private Medians() {}

  static double of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static double of(List<Load> rounds, ToDoubleFunction<Load> figure) {
    return of(rounds.stream().mapToDouble(figure).toArray());
  }

  /**
   * Of the ratios of rounds that took turns, so that a machine that slows down meanwhile slows both
   * sides of each.
   */
  static double ofRatios(List<Load> some, List<Load> others, ToDoubleFunction<Load> figure) {
    return of(
        IntStream.range(0, some.size())
            .mapToDouble(
                i -> figure.applyAsDouble(some.get(i)) / figure.applyAsDouble(others.get(i)))
            .toArray());
  }
}
