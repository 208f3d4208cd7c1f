package dev.starling.ratelimiter;

import java.math.BigInteger;

/**
 * The reference: a token bucket in exact arithmetic, written the other way round from {@link Gcra},
 * as permits that flow in rather than as a moment that moves.
 */
final class ExactBucket {
  private final BigInteger quota;
  private final BigInteger window;
  private final BigInteger full;
  private BigInteger level; // permits × window
  private long readAt;

  ExactBucket(long quota, long windowNanos, long burst, long nowNanos) {
    this.quota = BigInteger.valueOf(quota);
    this.window = BigInteger.valueOf(windowNanos);
    this.full = BigInteger.valueOf(burst).multiply(window);
    this.level = full;
    this.readAt = nowNanos;
  }

  void advanceTo(long nowNanos) {
    level = levelAt(nowNanos);
    readAt = nowNanos;
  }

  /** Permits × window that there will be, if nothing is spent until then. */
  BigInteger levelAt(long nanos) {
    return level.add(BigInteger.valueOf(nanos - readAt).multiply(quota)).min(full);
  }

  boolean has(int cost) {
    return level.compareTo(price(cost)) >= 0;
  }

  void spend(int cost) {
    level = level.subtract(price(cost));
  }

  /** Below zero after more was spent than was there. */
  int signum() {
    return level.signum();
  }

  long remaining() {
    return level.divide(window).longValueExact();
  }

  long waitNanos(int cost) {
    return has(cost) ? 0 : roundedUp(price(cost).subtract(level));
  }

  long fullInNanos() {
    return roundedUp(full.subtract(level));
  }

  private BigInteger price(int cost) {
    return BigInteger.valueOf(cost).multiply(window);
  }

  private long roundedUp(BigInteger missing) {
    return missing.add(quota).subtract(BigInteger.ONE).divide(quota).longValueExact();
  }
}
