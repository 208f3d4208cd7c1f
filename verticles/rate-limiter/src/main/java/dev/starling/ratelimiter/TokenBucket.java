package dev.starling.ratelimiter;

/**
 * Permits flow in steadily and are saved up to a burst. The load is the time until the bucket is
 * full again: {@link Gcra}.
 */
record TokenBucket(Gcra gcra) implements Arithmetic {

  static TokenBucket of(long quota, long windowNanos, long burst) {
    return new TokenBucket(Gcra.of(quota, windowNanos, burst));
  }

  @Override
  public long load(long moment, int part, long nowNanos) {
    return gcra.debt(moment, part, nowNanos);
  }

  @Override
  public boolean holds(int cost) {
    return gcra.holds(cost);
  }

  @Override
  public long waitNanos(long load, int cost, long nowNanos) {
    return gcra.waitNanos(load, cost);
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
    return gcra.remaining(load);
  }

  @Override
  public long fullInNanos(long load, long nowNanos) {
    return gcra.fullInNanos(load);
  }

  @Override
  public long capacity() {
    return gcra.burst();
  }
}
