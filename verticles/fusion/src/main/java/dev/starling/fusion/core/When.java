package dev.starling.fusion.core;

import org.jspecify.annotations.Nullable;

/**
 * What words say of the time of a picture. Immutable.
 *
 * @param justNow whether it happened a moment ago
 * @param latest whether it is the last of those that fit
 * @param earliest whether it is the first of those that fit
 * @param before how many pictures before the one spoken of, or before the last one
 * @param after how many pictures after the one spoken of
 * @param interval in which it was taken; null when none is said
 * @param words that said so, for the explanation
 */
record When(
    boolean justNow,
    boolean latest,
    boolean earliest,
    int before,
    int after,
    @Nullable Interval interval,
    String words) {

  static final When UNSAID = new When(false, false, false, 0, 0, null, "");

  /**
   * A stretch of time, in milliseconds since 1970.
   *
   * @param softMillis how far outside of it a picture may be and still be meant, less likely
   * @param centered whether its middle is what was said, give or take
   */
  record Interval(long from, long to, long softMillis, boolean centered) {
    /** How far a time is from the middle, 1 at either end; 0 when the middle is no likelier. */
    double offCenter(long millis) {
      double half = Math.max(1, (to - from) / 2.0);
      return centered ? Math.min(2, Math.abs(millis - (from + to) / 2.0) / half) : 0;
    }

    /** How far a time is outside, in soft margins; 0 inside. */
    double outside(long millis) {
      long by = millis < from ? from - millis : millis > to ? millis - to : 0;
      return (double) by / Math.max(1, softMillis);
    }
  }

  boolean isSaid() {
    return justNow || latest || earliest || before > 0 || after > 0 || interval != null;
  }
}
