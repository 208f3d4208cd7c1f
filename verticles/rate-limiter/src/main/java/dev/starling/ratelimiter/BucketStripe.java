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
   * A set is 24 adjacent words, eight buckets of three:
   *
   *   fingerprint | moment | last use (high half) and part
   *
   * Moment and part are what the window's Arithmetic makes of them; a bucket whose moment has passed
   * equals a new one.
   *
   * What a decision costs is cache misses, and this way finding a bucket has fetched its state.
   *
   * The last use counts the uses of this stripe rather than time, so that what one call has just
   * touched is always the newest, even if the clock stands still. It has 32 bits and wraps: a
   * bucket that was not used for 2^32 uses may be taken for a younger one, once.
   */
  static final int WAYS = 8;

  static final int ABSENT = -1;
  private static final int MOMENT = 1;
  private static final int USE_AND_PART = 2;
  private static final int BUCKET_WORDS = 3;
  static final int SET_WORDS = WAYS * BUCKET_WORDS;
  private static final long FREE = 0;

  final ReentrantLock lock = new ReentrantLock();
  private final long[] words;
  private final int firstSet;
  private final int sets;
  private long latestNanos;
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

  /**
   * The time of a call that reads the clock in one order with others and arrives in another: never
   * before that of a call that has counted here.
   */
  long notBeforeOthers(long nowNanos) {
    if (uses == 0 || nowNanos - latestNanos > 0) {
      latestNanos = nowNanos;
    }
    return latestNanos;
  }

  /** The slot of a bucket, which counts as a use of it, or {@link #ABSENT}. */
  int find(long fingerprint) {
    int first = firstSlot(fingerprint);
    for (int slot = first; slot < first + SET_WORDS; slot += BUCKET_WORDS) {
      if (words[slot] == fingerprint) {
        setUseAndPart(slot, part(slot));
        return slot;
      }
      if (words[slot] == FREE) {
        return ABSENT; // slots are taken in order, and never given back
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
    setUseAndPart(slot, 0);
    return slot;
  }

  long moment(int slot) {
    return words[slot + MOMENT];
  }

  int part(int slot) {
    return (int) words[slot + USE_AND_PART];
  }

  void put(int slot, long moment, int part) {
    words[slot + MOMENT] = moment;
    setUseAndPart(slot, part);
  }

  /** Slots that hold a bucket, full or not. */
  int occupied() {
    return occupied;
  }

  /** Buckets that are not full now. */
  int busy(long nowNanos) {
    int busy = 0;
    int end = (firstSet + sets) * SET_WORDS;
    for (int slot = firstSet * SET_WORDS; slot < end; slot += BUCKET_WORDS) {
      if (words[slot] != FREE && moment(slot) - nowNanos >= 0) {
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
    for (int slot = first; slot < first + SET_WORDS; slot += BUCKET_WORDS) {
      if (words[slot] == FREE) {
        occupied++;
        return slot;
      }
      if (moment(slot) - nowNanos < 0) {
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
    return uses - (int) (words[slot + USE_AND_PART] >>> 32);
  }

  private void setUseAndPart(int slot, int part) {
    words[slot + USE_AND_PART] = (long) ++uses << 32 | (part & 0xffff_ffffL);
  }

  /** Maps the upper half of the fingerprint onto the sets, without the cost of a division. */
  private int firstSlot(long fingerprint) {
    return (firstSet + (int) (((fingerprint >>> 32) * sets) >>> 32)) * SET_WORDS;
  }
}
