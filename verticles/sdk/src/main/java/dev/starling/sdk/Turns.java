package dev.starling.sdk;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets whichever instance comes first do what a node has to do once an interval.
 *
 * <p>Thread-safe. Every instance asks once an interval, so the work goes on as long as one of them
 * runs.
 */
public final class Turns {
  private final long minGapNanos;
  private final AtomicLong lastNanos;

  public Turns(Duration interval, long nowNanos) {
    // A timer may fire a little early; a full interval would then skip every second turn.
    this.minGapNanos = interval.toNanos() / 10 * 9;
    this.lastNanos = new AtomicLong(nowNanos - minGapNanos);
  }

  /** True for one caller an interval. */
  public boolean take(long nowNanos) {
    long last = lastNanos.get();
    return nowNanos - last >= minGapNanos && lastNanos.compareAndSet(last, nowNanos);
  }
}
