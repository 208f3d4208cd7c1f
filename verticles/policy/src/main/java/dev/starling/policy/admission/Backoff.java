package dev.starling.policy.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * When those who are refused should come back: the longer the overload lasts, the later, and not
 * all at once.
 *
 * <p>{@code 1 + rand(0..2^k)} seconds, at most 30, where {@code k} is how long the overload has
 * lasted, in units of 5 s. It is over when nobody was refused for 5 s.
 *
 * <p>Threading: thread-safe; two threads that refuse at once may each begin an overload, at the
 * same moment. Time and chance are passed in.
 */
public final class Backoff {
  private static final long UNIT_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int MOST_SECONDS = 30;

  /** 2^5 s are more than is ever said. */
  private static final int MOST_UNITS = 5;

  private final AtomicLong beganNanos;
  private final AtomicLong refusedNanos;

  public Backoff(long nowNanos) {
    this.beganNanos = new AtomicLong(nowNanos);
    this.refusedNanos = new AtomicLong(nowNanos - UNIT_NANOS);
  }

  /** Seconds for the {@code Retry-After} of a request that is refused now. */
  public int refuse(long nowNanos, RandomGenerator random) {
    if (nowNanos - refusedNanos.get() >= UNIT_NANOS) {
      beganNanos.set(nowNanos);
    }
    refusedNanos.set(nowNanos);
    int units = (int) Math.min((nowNanos - beganNanos.get()) / UNIT_NANOS, MOST_UNITS);
    return Math.min(1 + random.nextInt((1 << Math.max(0, units)) + 1), MOST_SECONDS);
  }
}
