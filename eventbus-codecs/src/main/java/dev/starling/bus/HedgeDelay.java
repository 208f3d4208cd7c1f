package dev.starling.bus;

import java.util.concurrent.TimeUnit;

/**
 * How long a call to another node may be out before it is sent to a second one as well: longer than
 * nearly all answers take.
 *
 * <p>Not thread-safe: it belongs to one context, which keeps one for each service.
 *
 * <p>Source: the retransmission timer of TCP, RFC 6298 §2: the smoothed time and four times its
 * mean deviation, with the gains 1/8 and 1/4.
 */
final class HedgeDelay {
  /** A young collection of a healthy node is over by then. */
  static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Silence for longer is what the heartbeats are for. */
  static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** Until something was measured, and while it all runs for the first time. */
  private static final long UNKNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int FIRST = 16;

  private long smoothedNanos;
  private long deviationNanos;
  private int answers;

  void answered(long elapsedNanos) {
    if (answers == 0) {
      smoothedNanos = elapsedNanos;
      deviationNanos = elapsedNanos / 2;
    } else {
      long error = elapsedNanos - smoothedNanos;
      deviationNanos += (Math.abs(error) - deviationNanos) / 4;
      smoothedNanos += error / 8;
    }
    if (answers < FIRST) {
      answers++;
    }
  }

  long nanos() {
    return answers < FIRST
        ? UNKNOWN_NANOS
        : Math.min(MAX_NANOS, Math.max(MIN_NANOS, smoothedNanos + 4 * deviationNanos));
  }
}
