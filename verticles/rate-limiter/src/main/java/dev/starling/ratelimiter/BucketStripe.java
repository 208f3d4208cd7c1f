package dev.starling.ratelimiter;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A part of the {@link BucketTable} with its own lock: sets of {@link #WAYS} buckets, each known by
 * a 64-bit fingerprint.
 *
 * <p>Every method needs {@link #lock} to be held. Nothing here grows after construction.
 */
final class BucketStripe {
  /*
   * A set is 24 adjacent words, because what a decision costs is cache misses:
   *
   *   fingerprint × 8 | moment at which the bucket is full × 8 | its part, and last use × 8
   *
   * The last use counts the uses of this stripe rather than time, so that what one call has just
   * touched is always the newest, even if the clock stands still. It has 32 bits and wraps: a
   * bucket that was not used for 2^32 uses may be taken for a younger one, once.
   */
  static final int WAYS = 8;

  static final int SET_WORDS = 3 * WAYS;
  static final int ABSENT = -1;
  private static final int FULL_AT = WAYS;
  private static final int PART_AND_USE = 2 * WAYS;
  private static final long FREE = 0;

  final ReentrantLock lock = new ReentrantLock();
  private final long[] words;
  private final int firstSet;
  private final int sets;
  private int uses;
  private int occupied;
  private long recycled;
  private long evicted;

  /** The stripe of {@code sets} sets from {@code firstSet} on; the words are zero at first. */
  BucketStripe(long[] words, int firstSet, int sets) {
    this.words = words;
    this.firstSet = firstSet;
    this.sets = sets;
  }

  /** Fingerprints may be any number but the one that marks a free slot. */
  static long fingerprint(long hash) {
    return hash == FREE ? 1 : hash;
  }

  /** The slot of a bucket, which counts as a use of it, or {@link #ABSENT}. */
  int find(long fingerprint) {
    int first = firstSlot(fingerprint);
    for (int slot = first; slot < first + WAYS; slot++) {
      if (words[slot] == fingerprint) {
        setPartAndUse(slot, fullAtPart(slot));
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
    words[slot] = fingerprint;
    setPartAndUse(slot, 0);
    return slot;
  }

  long fullAtNanos(int slot) {
    return words[slot + FULL_AT];
  }

  int fullAtPart(int slot) {
    return (int) words[slot + PART_AND_USE];
  }

  void put(int slot, long fullAt, int part) {
    words[slot + FULL_AT] = fullAt;
    setPartAndUse(slot, part);
  }

  /** Slots that hold a bucket, full or not. */
  int occupied() {
    return occupied;
  }

  /** Buckets that are not full now. */
  int busy(long nowNanos) {
    int busy = 0;
    for (int set = firstSet; set < firstSet + sets; set++) {
      for (int slot = set * SET_WORDS; slot < set * SET_WORDS + WAYS; slot++) {
        if (words[slot] != FREE && fullAtNanos(slot) - nowNanos >= 0) {
          busy++;
        }
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
      if (words[slot] == FREE) {
        occupied++;
        return slot;
      }
      if (fullAtNanos(slot) - nowNanos < 0) {
        idle = slot;
      }
      if (Integer.compareUnsigned(age(slot), age(oldest)) > 0) {
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

  private int age(int slot) {
    return uses - (int) (words[slot + PART_AND_USE] >>> 32);
  }

  private void setPartAndUse(int slot, int part) {
    words[slot + PART_AND_USE] = (long) ++uses << 32 | part;
  }

  /** Maps the upper half of the fingerprint onto the sets, without the cost of a division. */
  private int firstSlot(long fingerprint) {
    return (firstSet + (int) (((fingerprint >>> 32) * sets) >>> 32)) * SET_WORDS;
  }
}
