package dev.starling.ratelimiter;

/**
 * A window that ends now, approximated by two counters: all of the clock's current window, and of
 * the one before the part that it still overlaps, as if its calls had come evenly.
 *
 * <p>So it can err only as far as they did not. In any stretch of {@code y} windows, {@code y <=
 * 1}, no more than {@code quota × (1 + y)} pass, which is what a token bucket of the same numbers
 * lets pass at worst.
 *
 * <p>Source: docs/adr/0008.
 */
final class SlidingWindow implements Arithmetic {
  /*
   * The state has 96 bits. Counters are below 2^30, as MAX_QUOTA is:
   *
   *   moment   when both windows have passed, rounded up to 2^28 ns | lower 28 bits of the one before
   *   part     upper 2 bits of the one before | the current one
   *
   * 2^28 ns = 0.27 s is less than a window, so what was rounded away can be told from the moment.
   *
   * The load is both counters: the one before << 30 | the current one.
   *
   * A window has at most 2^32 ticks, so that counter × ticks fits 62 bits. A tick is a power of ten
   * in nanoseconds that divides the window: 1 up to 4.2 s, 100 for an hour, 10 ms for a year.
   */
  private static final int COUNTER_BITS = 30;
  private static final long COUNTER = (1L << COUNTER_BITS) - 1;
  private static final int LOW_BITS = 28;
  private static final long LOW = (1L << LOW_BITS) - 1;
  private static final long MAX_TICKS = 1L << 32;

  private final long quota;
  private final long windowNanos;
  private final long tickNanos;
  private final long ticks;

  SlidingWindow(long quota, long windowNanos) {
    if (windowNanos <= LOW) {
      throw new IllegalArgumentException(
          "window: " + windowNanos + " ns (expected: > " + LOW + " ns)");
    }
    long tick = 1;
    while (windowNanos / tick > MAX_TICKS) {
      tick *= 10;
    }
    this.quota = quota;
    this.windowNanos = windowNanos;
    this.tickNanos = tick;
    this.ticks = windowNanos / tick;
  }

  @Override
  public long load(long moment, int part, long nowNanos) {
    long index = Math.floorDiv(moment & ~LOW, windowNanos) - 2;
    long before = (moment & LOW) | (long) (part >>> COUNTER_BITS) << LOW_BITS;
    long current = part & COUNTER;
    long passed = Math.floorDiv(nowNanos, windowNanos) - index;
    if (passed == 0) {
      return (before << COUNTER_BITS) | current;
    }
    return passed == 1 ? current << COUNTER_BITS : 0;
  }

  @Override
  public boolean holds(int cost) {
    return cost <= quota;
  }

  @Override
  public long waitNanos(long load, int cost, long nowNanos) {
    long before = load >>> COUNTER_BITS;
    long current = load & COUNTER;
    long leftNanos = leftNanos(nowNanos);
    long free = quota - cost - current;
    if (free >= 0) {
      if (before * ticks(leftNanos) <= free * ticks) {
        return 0;
      }
      return leftNanos - free * ticks / before * tickNanos;
    }
    // Not before the next window, whose predecessor is the current one.
    long overlap = Math.min(ticks, (quota - cost) * ticks / current);
    return leftNanos + (ticks - overlap) * tickNanos;
  }

  @Override
  public long spend(long load, int cost) {
    return load + cost;
  }

  @Override
  public long moment(long load, long nowNanos) {
    long idleAt = (Math.floorDiv(nowNanos, windowNanos) + 2) * windowNanos;
    return ((idleAt + LOW) & ~LOW) | ((load >>> COUNTER_BITS) & LOW);
  }

  @Override
  public int part(long load) {
    return (int) ((load >>> (COUNTER_BITS + LOW_BITS)) << COUNTER_BITS | (load & COUNTER));
  }

  @Override
  public long remaining(long load, long nowNanos) {
    long before = load >>> COUNTER_BITS;
    long weighted = (before * ticks(leftNanos(nowNanos)) + ticks - 1) / ticks;
    return Math.max(0, quota - (load & COUNTER) - weighted);
  }

  @Override
  public long fullInNanos(long load, long nowNanos) {
    if (load == 0) {
      return 0;
    }
    long left = leftNanos(nowNanos);
    return (load & COUNTER) == 0 ? left : left + windowNanos;
  }

  @Override
  public long capacity() {
    return quota;
  }

  /** Of the clock's current window. */
  private long leftNanos(long nowNanos) {
    return windowNanos - Math.floorMod(nowNanos, windowNanos);
  }

  private long ticks(long nanos) {
    return (nanos + tickNanos - 1) / tickNanos;
  }
}
