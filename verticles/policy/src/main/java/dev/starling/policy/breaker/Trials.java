package dev.starling.policy.breaker;

import java.util.Arrays;

/**
 * The calls that a half-open breaker lets through to find out whether the dependency is back.
 *
 * <p>Thread-safe; a lock is held for some nanoseconds, and only while the breaker is half-open.
 */
final class Trials {
  /** All places are taken. */
  static final int NONE_LEFT = -1;

  /** A trial has not come back in time. */
  static final int OVERDUE = -2;

  private final Place[] places;
  private final long[] begunNanos;
  private final long patienceNanos;
  private int passed;

  private enum Place {
    FREE,
    RUNNING,
    PASSED
  }

  Trials(int trials, long patienceNanos) {
    this.places = new Place[trials];
    Arrays.fill(places, Place.FREE);
    this.begunNanos = new long[trials];
    this.patienceNanos = patienceNanos;
  }

  /** The place of a trial that may begin, {@link #NONE_LEFT} or {@link #OVERDUE}. */
  synchronized int begin(long nowNanos) {
    int free = NONE_LEFT;
    for (int i = 0; i < places.length; i++) {
      if (places[i] == Place.RUNNING && nowNanos - begunNanos[i] >= patienceNanos) {
        return OVERDUE;
      }
      if (places[i] == Place.FREE && free == NONE_LEFT) {
        free = i;
      }
    }
    if (free != NONE_LEFT) {
      places[free] = Place.RUNNING;
      begunNanos[free] = nowNanos;
    }
    return free;
  }

  /** Notes that a trial passed; true when it was the last one that had to. */
  synchronized boolean pass(int place) {
    if (places[place] == Place.RUNNING) {
      places[place] = Place.PASSED;
      passed++;
    }
    return passed == places.length;
  }

  /** Gives the place of a trial that proved nothing to the next call. */
  synchronized void release(int place) {
    if (places[place] == Place.RUNNING) {
      places[place] = Place.FREE;
    }
  }
}
