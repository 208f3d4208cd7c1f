package dev.starling.ratelimiter;

/**
 * A new quota with each window, which all begin with the epoch: at its border twice the quota can
 * pass within a moment. The load is what was spent in the window that the clock is in; the moment
 * is the end of that window.
 */
record FixedWindow(long quota, long windowNanos) implements Arithmetic {

  @Override
  public long load(long moment, int part, long nowNanos) {
    return moment == endNanos(nowNanos) ? part : 0;
  }

  @Override
  public boolean holds(int cost) {
    return cost <= quota;
  }

  @Override
  public long waitNanos(long load, int cost, long nowNanos) {
    return load + cost <= quota ? 0 : endNanos(nowNanos) - nowNanos;
  }

  @Override
  public long validNanos(long nowNanos) {
    return endNanos(nowNanos) - nowNanos;
  }

  @Override
  public long spend(long load, int cost) {
    return load + cost;
  }

  @Override
  public long moment(long load, long nowNanos) {
    return endNanos(nowNanos);
  }

  @Override
  public int part(long load) {
    return (int) load;
  }

  @Override
  public long remaining(long load, long nowNanos) {
    return quota - load;
  }

  @Override
  public long fullInNanos(long load, long nowNanos) {
    return load == 0 ? 0 : endNanos(nowNanos) - nowNanos;
  }

  @Override
  public long capacity() {
    return quota;
  }

  private long endNanos(long nowNanos) {
    return (Math.floorDiv(nowNanos, windowNanos) + 1) * windowNanos;
  }
}
