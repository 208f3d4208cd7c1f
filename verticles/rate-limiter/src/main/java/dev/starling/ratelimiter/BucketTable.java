package dev.starling.ratelimiter;

/**
 * The buckets of one node: a fixed number of slots, split into stripes that are locked apart.
 *
 * <p>Thread-safe; stripes are used under their own locks. All memory is taken at construction, 24
 * bytes per slot.
 */
final class BucketTable {
  /*
   * Enough stripes that event loops rarely meet in one (of 64 loops that spend a tenth of their
   * time in a stripe, one in 40 calls finds its own taken), few enough that their locks stay in
   * the processor's cache, and enough sets in each that keys spread evenly.
   */
  private static final int MAX_STRIPES = 256;
  private static final int MIN_SETS = 16;

  private final BucketStripe[] stripes;
  private final int shift;
  private final int capacity;

  /** A table with {@code minSlots} slots, rounded up to whole sets. */
  BucketTable(int minSlots) {
    if (minSlots < 1) {
      throw new IllegalArgumentException("slots: " + minSlots + " (expected: > 0)");
    }
    int wanted = Math.max(1, minSlots / (MIN_SETS * BucketStripe.WAYS));
    int count = Math.min(MAX_STRIPES, Integer.highestOneBit(wanted));
    int sets = (minSlots - 1) / (count * BucketStripe.WAYS) + 1;
    long[] words = new long[Math.multiplyExact(count * sets, BucketStripe.SET_WORDS)];
    this.capacity = count * sets * BucketStripe.WAYS;
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(count);
    this.stripes = new BucketStripe[count];
    for (int i = 0; i < count; i++) {
      stripes[i] = new BucketStripe(words, i * sets, sets);
    }
  }

  int capacity() {
    return capacity;
  }

  /** The stripe of a key's hash; all windows that count the same key share it. */
  int stripeOf(long keyHash) {
    // A shift by 64 is one by 0 in Java, so a single stripe needs its own case.
    return shift == Long.SIZE ? 0 : (int) (keyHash >>> shift);
  }

  BucketStripe stripe(int index) {
    return stripes[index];
  }

  /** How full the table is and what it had to throw out; takes each stripe's lock for a moment. */
  Usage usage() {
    int occupied = 0;
    long recycled = 0;
    long evicted = 0;
    for (BucketStripe stripe : stripes) {
      stripe.lock.lock();
      try {
        occupied += stripe.occupied();
        recycled += stripe.recycled();
        evicted += stripe.evicted();
      } finally {
        stripe.lock.unlock();
      }
    }
    return new Usage(occupied, recycled, evicted);
  }

  /** Buckets that are not full; reads every slot, so it is for whoever looks now and then. */
  int busy(long nowNanos) {
    int busy = 0;
    for (BucketStripe stripe : stripes) {
      stripe.lock.lock();
      try {
        busy += stripe.busy(nowNanos);
      } finally {
        stripe.lock.unlock();
      }
    }
    return busy;
  }

  /**
   * What happened to a table's slots.
   *
   * @param occupied slots that hold a bucket, full or not
   * @param recycled times a slot was taken from a full bucket; nothing was lost
   * @param evicted times a slot was taken from a bucket that was not full: its key starts afresh
   */
  record Usage(int occupied, long recycled, long evicted) {}
}
