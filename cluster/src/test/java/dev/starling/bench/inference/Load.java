package dev.starling.bench.inference;

import org.HdrHistogram.Histogram;

/**
 * What a round of load came to.
 *
 * @param done answers of success
 * @param failed whatever else became of a call
 */
record Load(long done, double seconds, double p50Millis, double p99Millis, long failed) {
  private static final double MICROS_PER_MILLI = 1_000;

  /**
   * @param micros how long each call took
   */
  static Load of(Histogram micros, double seconds, long failed) {
    return new Load(
        micros.getTotalCount(),
        seconds,
        micros.getValueAtPercentile(50) / MICROS_PER_MILLI,
        micros.getValueAtPercentile(99) / MICROS_PER_MILLI,
        failed);
  }

  double perSecond() {
    return done / seconds;
  }
}
