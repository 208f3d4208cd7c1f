package dev.starling.bus;

/**
 * Bounds how many calls may be sent a second time: a tenth of all calls, with a reserve for the
 * moment in which a node is lost with everything that it had.
 *
 * <p>Not thread-safe: it belongs to one context. Without a bound, retries would multiply the load
 * just when there are fewer nodes to carry it.
 */
final class RetryBudget {
  /** A tenth: each call earns one part, each retry costs {@code PARTS}. */
  private static final int PARTS = 10;

  private final long capacity;
  private long saved;

  /**
   * @param reserve retries that are possible at once after a quiet time, and at the start
   */
  RetryBudget(int reserve) {
    this.capacity = (long) reserve * PARTS;
    this.saved = capacity;
  }

  void called() {
    if (saved < capacity) {
      saved++;
    }
  }

  /** True when one more retry is allowed; it is then spent. */
  boolean trySpend() {
    if (saved < PARTS) {
      return false;
    }
    saved -= PARTS;
    return true;
  }
}
