package dev.starling.cluster.loops;

import java.time.Duration;

/**
 * When a loop last showed that it turns, and what it had computed by then. The loop writes, any
 * thread reads the times.
 */
final class LoopPulse {
  static final Duration PERIOD = Duration.ofMillis(20);

  private final Thread loop;
  private final LoopState state;
  private volatile long beatNanos;
  private volatile long lagNanos;
  private long computedNanos;
  private volatile String holder = Culprits.NONE;

  LoopPulse(Thread loop, long nowNanos, long computedNanos) {
    this.loop = loop;
    this.computedNanos = computedNanos;
    this.beatNanos = nowNanos;
    this.state = new LoopState(nowNanos);
  }

  Thread loop() {
    return loop;
  }

  LoopState state() {
    return state;
  }

  /** Who held the loop when it was last found blocked. */
  String holder() {
    return holder;
  }

  void heldBy(String verticle) {
    holder = verticle;
  }

  long beatNanos() {
    return beatNanos;
  }

  /**
   * Shows that the loop turns; returns how late it made itself: the part of its lag in which its
   * thread had a processor. For the rest it stood behind other threads (a compiler, a collection, a
   * neighbour), and doing less would not have made it turn earlier.
   *
   * @param dueNanos when this should have happened
   * @param computedNanos the processor time of the loop's thread
   */
  long beat(long dueNanos, long nowNanos, long computedNanos) {
    long lag = Math.max(0, nowNanos - dueNanos);
    double elapsed = Math.max(1, nowNanos - beatNanos);
    double computing = Math.max(0, Math.min(1, (computedNanos - this.computedNanos) / elapsed));
    this.computedNanos = computedNanos;
    lagNanos = lag;
    beatNanos = nowNanos;
    return (long) (lag * computing);
  }

  /** How late the loop is: as late as it was, or later if it should have turned since. */
  long lagNanos(long nowNanos) {
    return Math.max(lagNanos, nowNanos - beatNanos - PERIOD.toNanos());
  }
}
