package dev.starling.vectors;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the points of this node take, in units, and how much they may. Thread-safe.
 *
 * <p>Room is taken before points are written and given back when what they take is known, so two
 * writes cannot both have the last of it.
 */
final class Memory {
  private final long most;
  private final AtomicLong used = new AtomicLong();

  Memory(long most) {
    this.most = most;
  }

  /** Takes room, if there is enough. */
  boolean take(long units) {
    long after = used.addAndGet(units);
    if (after > most) {
      used.addAndGet(-units);
      return false;
    }
    return true;
  }

  /** Points have grown, or shrunk, or room that was taken is not needed. */
  void add(long units) {
    used.addAndGet(units);
  }

  long used() {
    return used.get();
  }

  long most() {
    return most;
  }
}
