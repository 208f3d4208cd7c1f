package dev.starling.ratelimiter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether a lender is left alone for a moment, because it answered late twice in a row: once may be
 * a pause of this node.
 *
 * <p>Thread-safe.
 */
final class LenderPause {
  /** Of a lender that is gone for good, two calls in so much time wait in vain. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final AtomicLong lateAt = new AtomicLong(LONG_AGO);
  private volatile long until = LONG_AGO;

  void late(long nowNanos) {
    if (nowNanos - lateAt.getAndSet(nowNanos) < AGAIN_NANOS) {
      until = nowNanos + PAUSE_NANOS;
    }
  }

  boolean holds(long nowNanos) {
    return until > nowNanos;
  }

  /** Whether it says nothing any more. */
  boolean isOver(long nowNanos) {
    return nowNanos - lateAt.get() > AGAIN_NANOS;
  }
}
