package dev.starling.ratelimiter;

import java.math.BigInteger;

/**
 * Calls leave one after the other, evenly: one that comes too early waits for its turn, or is
 * limited when it would have to wait too long. A call of several permits keeps the next one waiting
 * that much longer. The load is the time until everything that was let in has left.
 *
 * <p>Source: the leaky bucket as a queue, J. Turner, <i>New directions in communications</i>, 1986;
 * the arithmetic is that of {@link Gcra}.
 */
final class LeakyBucket implements Arithmetic {
  private final Gcra gcra;
  private final long quota;
  private final long maxDelay; // in ticks

  private LeakyBucket(Gcra gcra, long quota, long maxDelayNanos) {
    this.gcra = gcra;
    this.quota = quota;
    this.maxDelay = gcra.ticks(maxDelayNanos);
  }

  /**
   * A bucket that {@code quota} permits leave per window.
   *
   * @param maxDelayNanos the longest that a call waits for its turn
   */
  static LeakyBucket of(long quota, long windowNanos, long maxDelayNanos) {
    // Its time must hold the longest queue, and behind it one call of a whole window.
    long queued =
        BigInteger.valueOf(maxDelayNanos)
            .multiply(BigInteger.valueOf(quota))
            .divide(BigInteger.valueOf(windowNanos))
            .longValueExact();
    return new LeakyBucket(
        Gcra.sized(quota, windowNanos, quota + queued + 1), quota, maxDelayNanos);
  }

  @Override
  public long load(long moment, int part, long nowNanos) {
    return gcra.debt(moment, part, nowNanos);
  }

  @Override
  public boolean holds(int cost) {
    return cost <= quota;
  }

  @Override
  public long waitNanos(long load, int cost, long nowNanos) {
    return gcra.nanos(load - maxDelay);
  }

  @Override
  public long delayNanos(long load) {
    return gcra.nanos(load);
  }

  @Override
  public long spacingNanos() {
    return gcra.nanos(gcra.interval());
  }

  @Override
  public long spend(long load, int cost) {
    return gcra.spend(load, cost);
  }

  @Override
  public long moment(long load, long nowNanos) {
    return gcra.fullAtNanos(load, nowNanos);
  }

  @Override
  public int part(long load) {
    return gcra.fullAtPart(load);
  }

  @Override
  public long remaining(long load, long nowNanos) {
    return load > maxDelay ? 0 : (maxDelay - load) / gcra.interval() + 1;
  }

  @Override
  public long fullInNanos(long load, long nowNanos) {
    return gcra.fullInNanos(load);
  }

  @Override
  public long capacity() {
    return maxDelay / gcra.interval() + 1;
  }
}
