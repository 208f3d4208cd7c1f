package dev.starling.cluster.loops;

import java.time.Duration;

/** When a loop last showed that it turns. The loop writes, any thread reads. */
final class LoopPulse {
  static final Duration PERIOD = Duration.ofMillis(20);

  private final Thread loop;
  private final LoopState state;
  private volatile long beatNanos;
  private volatile long lagNanos;
  private volatile String holder = Culprits.NONE;

  LoopPulse(Thread loop, long nowNanos) {
    this.loop = loop;
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
   * Shows that the loop turns; returns how late it is.
   *
   * @param dueNanos when this should have happened
   */
  long beat(long dueNanos, long nowNanos) {
    long lag = Math.max(0, nowNanos - dueNanos);
    lagNanos = lag;
    beatNanos = nowNanos;
    return lag;
  }

  /** How late the loop is: as late as it was, or later if it should have turned since. */
  long lagNanos(long nowNanos) {
    return Math.max(lagNanos, nowNanos - beatNanos - PERIOD.toNanos());
  }
}
