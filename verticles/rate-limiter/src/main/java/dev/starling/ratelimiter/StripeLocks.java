package dev.starling.ratelimiter;

import java.util.Arrays;

/**
 * The stripes that one call needs, locked together.
 *
 * <p>Not thread-safe: belongs to one limiter. Stripes are locked in ascending order, so calls that
 * need several of the same cannot wait for each other in a circle.
 */
final class StripeLocks {
  private final BucketTable table;
  private int[] ascending = new int[8];
  private int count;

  StripeLocks(BucketTable table) {
    this.table = table;
  }

  /** Adds a stripe, once. */
  void add(int stripe) {
    int at = count;
    while (at > 0 && ascending[at - 1] > stripe) {
      at--;
    }
    if (at > 0 && ascending[at - 1] == stripe) {
      return;
    }
    if (count == ascending.length) {
      ascending = Arrays.copyOf(ascending, count * 2);
    }
    System.arraycopy(ascending, at, ascending, at + 1, count - at);
    ascending[at] = stripe;
    count++;
  }

  /** Locks them; returns the time, which does not go back in any of them. */
  long lock(long nowNanos) {
    long now = nowNanos;
    for (int i = 0; i < count; i++) {
      BucketStripe stripe = table.stripe(ascending[i]);
      stripe.lock.lock();
      now = stripe.notBeforeOthers(now);
    }
    return now;
  }

  /** Unlocks and forgets all. */
  void unlock() {
    while (count > 0) {
      table.stripe(ascending[--count]).lock.unlock();
    }
  }
}
