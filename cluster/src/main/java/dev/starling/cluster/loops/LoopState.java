package dev.starling.cluster.loops;

import java.time.Duration;

/**
 * Whether a loop turns, judged by when it last showed that it did.
 *
 * <p>Not thread-safe: the watchdog's. Time is passed in, as {@link System#nanoTime()} counts it.
 */
final class LoopState {
  /** Four beats that did not come. With a look every 10 ms that is noticed within 100 ms. */
  static final long BLOCKED_NANOS = Duration.ofMillis(80).toNanos();

  private boolean blocked;
  private long beatNanos;
  private long excusedNanos;

  /** What a look found. */
  enum Finding {
    TURNING,
    /** It has stopped since the last look. */
    BLOCKED,
    STILL_BLOCKED,
    /** It turns again since the last look. */
    FREED
  }

  LoopState(long nowNanos) {
    this.beatNanos = nowNanos;
    this.excusedNanos = nowNanos;
  }

  /** Counts the time until now as nobody's fault: the watchdog stood still as well. */
  void excuse(long nowNanos) {
    excusedNanos = nowNanos;
  }

  /**
   * @param lastBeatNanos when the loop last showed that it turns
   */
  Finding look(long lastBeatNanos, long nowNanos) {
    if (blocked) {
      blocked = lastBeatNanos == beatNanos;
      return blocked ? Finding.STILL_BLOCKED : Finding.FREED;
    }
    beatNanos = lastBeatNanos;
    long silence = nowNanos - lastBeatNanos;
    blocked = Math.min(silence, nowNanos - excusedNanos) >= BLOCKED_NANOS;
    return blocked ? Finding.BLOCKED : Finding.TURNING;
  }

  /** How long it has been held at this moment, or was when it was freed at it. */
  Duration held(long nowNanos) {
    return Duration.ofNanos(nowNanos - beatNanos);
  }
}
