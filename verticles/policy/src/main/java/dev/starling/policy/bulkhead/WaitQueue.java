package dev.starling.policy.bulkhead;

import org.jspecify.annotations.Nullable;

/**
 * Waiters in the order in which they came; any of them can go in constant time.
 *
 * <p>Not thread-safe: its bulkhead has the lock. Only the size is read without it.
 */
final class WaitQueue {
  private @Nullable Waiting oldest;
  private @Nullable Waiting newest;

  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock, read without it
  private volatile int size;

  private long filledNanos;

  int size() {
    return size;
  }

  @Nullable Waiting oldest() {
    return oldest;
  }

  @Nullable Waiting newest() {
    return newest;
  }

  /** Since when it has not been empty; means nothing while it is. */
  long filledNanos() {
    return filledNanos;
  }

  void add(Waiting last, long nowNanos) {
    Waiting before = newest;
    if (before == null) {
      oldest = last;
      filledNanos = nowNanos;
    } else {
      before.newer = last;
      last.older = before;
    }
    newest = last;
    size++;
  }

  void remove(Waiting gone) {
    if (gone.older == null) {
      oldest = gone.newer;
    } else {
      gone.older.newer = gone.newer;
    }
    if (gone.newer == null) {
      newest = gone.older;
    } else {
      gone.newer.older = gone.older;
    }
    gone.older = null;
    gone.newer = null;
    gone.queued = false;
    size--;
  }
}
