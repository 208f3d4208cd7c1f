package dev.starling.inference.engine;

/**
 * An exponentially weighted moving average. Not thread-safe.
 *
 * <p>A new value weighs an eighth, as in TCP's smoothed round-trip time (RFC 6298).
 */
final class MovingAverage {
  private static final int WEIGHT = 8;

  private long value;

  MovingAverage(long first) {
    this.value = first;
  }

  void add(long sample) {
    value += (sample - value) / WEIGHT;
  }

  long value() {
    return value;
  }
}
