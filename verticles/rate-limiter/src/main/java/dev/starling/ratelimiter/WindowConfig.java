package dev.starling.ratelimiter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * So many permits in so much time.
 *
 * @param quota permits that flow in during one window; 1..10^9
 * @param window its length; whole seconds, because clients are told it in seconds
 * @param burst permits that can be saved up and spent at once; the quota unless given
 */
public record WindowConfig(long quota, Duration window, @Nullable Long burst) {
  private static final Duration LONGEST = Duration.ofNanos(Gcra.MAX_FILL_NANOS);

  public WindowConfig {
    requireRange("quota", quota);
    burst = burst == null ? (Long) quota : burst;
    requireRange("burst", burst);
    if (window == null
        || window.toNanosPart() != 0
        || window.isZero()
        || window.isNegative()
        || window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "window: "
              + (window == null ? "missing" : window)
              + " (expected: whole seconds, 1s..366d)");
    }
    // Here rather than at the first call: it names a bucket that takes years to fill.
    Gcra.of(quota, window.toNanos(), burst);
  }

  /** As many permits at once as flow in during one window. */
  public static WindowConfig of(long quota, Duration window) {
    return new WindowConfig(quota, window, quota);
  }

  Gcra gcra() {
    return Gcra.of(quota, window.toNanos(), burst);
  }

  /** The length in its largest whole unit, e.g. {@code 1m}. */
  String length() {
    long seconds = window.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    } else if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static void requireRange(String name, long value) {
    if (value < 1 || value > Gcra.MAX_QUOTA) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: 1.." + Gcra.MAX_QUOTA + ")");
    }
  }
}
