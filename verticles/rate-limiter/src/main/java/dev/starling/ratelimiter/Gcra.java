package dev.starling.ratelimiter;

import java.math.BigInteger;

/**
 * The arithmetic of one window: a token bucket kept as the moment at which it will be full again.
 *
 * <p>Immutable. Moments are nanoseconds of any monotonic clock, {@link System#nanoTime()} included:
 * only differences are used, so a clock that passes {@link Long#MAX_VALUE} is fine. Amounts of time
 * are in <i>ticks</i> of {@code 1 / ticksPerNano} ns, chosen so that one permit refills in a whole
 * number of them. A bucket's <i>debt</i> is the time until it is full: 0 when full, {@link
 * #fullTicks} when empty.
 *
 * <p>Source: the generic cell rate algorithm as a virtual scheduling algorithm, ITU-T I.371 annex
 * A; docs/adr/0008.
 */
final class Gcra {
  /*
   * window / quota is rarely a whole number of nanoseconds (3 a second: 333,333,333.3 ns). Rounding
   * it would let the rate drift, so time is counted in fractions of a nanosecond: with
   * window / quota = interval / ticksPerNano in lowest terms, both are exact integers.
   *
   * An absolute moment in ticks would not fit 64 bits for long (at 100,003 ticks/ns: 25 hours),
   * so the moment is stored as whole nanoseconds plus a part in ticks, and only the debt, which is
   * bounded by the time to fill, is ever expressed in ticks.
   */
  static final long MAX_QUOTA = 1_000_000_000;
  static final long MAX_FILL_NANOS = 366L * 86_400 * 1_000_000_000; // 2^54.8

  private static final long MAX_TICKS = 1L << 62;

  private final long burst;
  private final long ticksPerNano;
  private final long interval;
  private final long fullTicks;
  private final long fullNanos;

  private Gcra(long burst, long ticksPerNano, long interval) {
    this.burst = burst;
    this.ticksPerNano = ticksPerNano;
    this.interval = interval;
    this.fullTicks = burst * interval;
    this.fullNanos = fullTicks / ticksPerNano;
  }

  /**
   * A bucket of {@code burst} permits into which {@code quota} permits flow per window.
   *
   * <p>Exact unless burst × window has more than 62 bits after reduction; then the time per permit
   * is rounded up, by less than two parts in 10^10, so that the window never gives more than it
   * says.
   *
   * @param quota 1..{@link #MAX_QUOTA}
   * @param windowNanos 1 or more
   * @param burst 1..{@link #MAX_QUOTA}, such that it refills within {@link #MAX_FILL_NANOS}
   */
  static Gcra of(long quota, long windowNanos, long burst) {
    requireRange("quota", quota, MAX_QUOTA);
    requireRange("window", windowNanos, Long.MAX_VALUE);
    requireRange("burst", burst, MAX_QUOTA);
    if (product(windowNanos, burst).compareTo(product(MAX_FILL_NANOS, quota)) > 0) {
      throw new IllegalArgumentException(
          "burst: " + burst + " (expected: refilled by the quota within 366 days)");
    }
    return sized(quota, windowNanos, burst);
  }

  /** The same without a bound of the burst, for who has bounded the product with the window. */
  static Gcra sized(long quota, long windowNanos, long burst) {
    BigInteger fill = product(windowNanos, burst);
    long divisor = greatestCommonDivisor(windowNanos, quota);
    long interval = windowNanos / divisor;
    if (burst <= MAX_TICKS / interval) {
      return new Gcra(burst, quota / divisor, interval);
    }
    // The finest tick for which burst × ceil(window × ticks / quota) still fits.
    long ticks = product(MAX_TICKS - burst, quota).divide(fill).longValueExact();
    BigInteger[] exact = product(windowNanos, ticks).divideAndRemainder(BigInteger.valueOf(quota));
    return new Gcra(burst, ticks, exact[0].longValueExact() + (exact[1].signum() > 0 ? 1 : 0));
  }

  /** The debt at {@code now} of a bucket that is full at {@code fullAt} + {@code part} ticks. */
  long debt(long fullAtNanos, int part, long nowNanos) {
    long ahead = fullAtNanos - nowNanos;
    if (ahead < 0) {
      return 0;
    }
    // More than empty happens when threads read the clock in one order and arrive in another.
    return ahead > fullNanos ? fullTicks : Math.min(fullTicks, ahead * ticksPerNano + part);
  }

  /** Permits that a full bucket has. */
  long burst() {
    return burst;
  }

  /** The ticks in which one permit flows in. */
  long interval() {
    return interval;
  }

  /** So much time in ticks; no more than the bucket takes to fill. */
  long ticks(long nanos) {
    return nanos * ticksPerNano;
  }

  /** So many ticks in nanoseconds, rounded up; 0 for less than none. */
  long nanos(long ticks) {
    return roundedUp(ticks);
  }

  /** Whether {@code cost} permits can ever be spent at once. */
  boolean holds(int cost) {
    return cost <= burst;
  }

  /** The debt after spending {@code cost} permits that were there. */
  long spend(long debt, int cost) {
    return debt + cost * interval;
  }

  /** When a bucket with this debt is full again, rounded down to a nanosecond. */
  long fullAtNanos(long debt, long nowNanos) {
    return nowNanos + (ticksPerNano == 1 ? debt : debt / ticksPerNano);
  }

  /** The ticks that {@link #fullAtNanos} rounded away. */
  int fullAtPart(long debt) {
    return ticksPerNano == 1 ? 0 : (int) (debt % ticksPerNano);
  }

  /** Whole permits that can be spent at once. */
  long remaining(long debt) {
    return (fullTicks - debt) / interval;
  }

  /** Until {@code cost} permits, which the bucket {@link #holds}, are there; 0 if they are now. */
  long waitNanos(long debt, int cost) {
    return roundedUp(debt + cost * interval - fullTicks);
  }

  /** Until the bucket is full. */
  long fullInNanos(long debt) {
    return roundedUp(debt);
  }

  private long roundedUp(long ticks) {
    return ticks <= 0 ? 0 : (ticks - 1) / ticksPerNano + 1;
  }

  private static BigInteger product(long a, long b) {
    return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
  }

  private static long greatestCommonDivisor(long a, long b) {
    return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValueExact();
  }

  private static void requireRange(String name, long value, long max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + max + ")");
    }
  }
}
