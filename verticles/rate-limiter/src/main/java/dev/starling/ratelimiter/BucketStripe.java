package dev.starling.ratelimiter;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A part of the {@link BucketTable} with its own lock: sets of {@link #WAYS} buckets, each known by
 * a 64-bit fingerprint.
 *
 * <p>Every method needs {@link #lock} to be held. Nothing here grows after construction.
 */
final class BucketStripe {
  /** Buckets in a set; their fingerprints fill one cache line. */
  static final int WAYS = 8;

  static final int ABSENT = -1;
  private static final long FREE = 0;

  final ReentrantLock lock = new ReentrantLock();
  private final int sets;
  private final long[] fingerprints;
  private final long[] fullAtNanos;
  private final int[] fullAtParts;

  /*
   * Order of use, for the victim of last resort: a count of this stripe's uses rather than a time,
   * so that what one call has just touched is always the newest, even if the clock stands still.
   */
  private final long[] usedAt;
  private long uses;

  private int occupied;
  private long recycled;
  private long evicted;

  BucketStripe(int sets) {
    this.sets = sets;
    int slots = Math.multiplyExact(sets, WAYS);
    this.fingerprints = new long[slots];
    this.fullAtNanos = new long[slots];
    this.fullAtParts = new int[slots];
    this.usedAt = new long[slots];
  }

  /** Fingerprints may be any number but the one that marks a free slot. */
  static long fingerprint(long hash) {
    return hash == FREE ? 1 : hash;
  }

  /** The slot of a bucket, which counts as a use of it, or {@link #ABSENT}. */
  int find(long fingerprint) {
    int first = firstSlot(fingerprint);
    for (int slot = first; slot < first + WAYS; slot++) {
      if (fingerprints[slot] == fingerprint) {
        usedAt[slot] = ++uses;
        return slot;
      }
    }
    return ABSENT;
  }

  /**
   * A slot for a bucket that has none: a free one, else one whose bucket is full again and so
   * equals a new one, else the least recently used of the set, whose state is lost.
   */
  int claim(long fingerprint, long nowNanos) {
    int slot = victim(firstSlot(fingerprint), nowNanos);
    fingerprints[slot] = fingerprint;
    usedAt[slot] = ++uses;
    return slot;
  }

  long fullAtNanos(int slot) {
    return fullAtNanos[slot];
  }

  int fullAtPart(int slot) {
    return fullAtParts[slot];
  }

  void put(int slot, long fullAt, int part) {
    fullAtNanos[slot] = fullAt;
    fullAtParts[slot] = part;
  }

  /** Slots that hold a bucket, full or not. */
  int occupied() {
    return occupied;
  }

  /** Buckets that are not full now. */
  int busy(long nowNanos) {
    int busy = 0;
    for (int slot = 0; slot < fingerprints.length; slot++) {
      if (fingerprints[slot] != FREE && fullAtNanos[slot] - nowNanos >= 0) {
        busy++;
      }
    }
    return busy;
  }

  /** Times a slot was taken from a bucket that was full again. */
  long recycled() {
    return recycled;
  }

  /** Times a slot was taken from a bucket that was not full, which so became full at once. */
  long evicted() {
    return evicted;
  }

  private int victim(int first, long nowNanos) {
    int idle = ABSENT;
    int oldest = first;
    for (int slot = first; slot < first + WAYS; slot++) {
      if (fingerprints[slot] == FREE) {
        occupied++;
        return slot;
      }
      if (fullAtNanos[slot] - nowNanos < 0) {
        idle = slot;
      }
      if (usedAt[slot] < usedAt[oldest]) {
        oldest = slot;
      }
    }
    if (idle != ABSENT) {
      recycled++;
      return idle;
    }
    evicted++;
    return oldest;
  }

  /** Maps the upper half of the fingerprint onto the sets, without the cost of a division. */
  private int firstSlot(long fingerprint) {
    return (int) (((fingerprint >>> 32) * sets) >>> 32) * WAYS;
  }
}
