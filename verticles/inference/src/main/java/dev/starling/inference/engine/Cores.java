package dev.starling.inference.engine;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The node's cores, which models share: who runs when more want to run than there are cores.
 * Thread-safe.
 *
 * <p>The model with the higher priority goes first, then who came first. A model that is passed by
 * all the time answers its callers at their deadlines.
 */
final class Cores {
  private final int all;
  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Turn> turns =
      new PriorityQueue<>(
          Comparator.comparingInt((Turn turn) -> -turn.priority)
              .thenComparingLong(turn -> turn.number));
  private int free;
  private long comers;
  private volatile boolean unused = true;

  Cores(int all) {
    this.all = all;
    this.free = all;
  }

  /**
   * Waits for as many cores; each call is followed by a {@link #release} with the same number.
   *
   * @param count as many as there are will do
   */
  void acquire(int priority, int count) {
    lock.lock();
    try {
      Turn turn = new Turn(priority, comers++, Math.min(count, all), lock.newCondition());
      turns.add(turn);
      admit();
      while (!turn.admitted) {
        turn.changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  void release(int count) {
    lock.lock();
    try {
      free += Math.min(count, all);
      admit();
    } finally {
      lock.unlock();
    }
  }

  /** Whether there are several and no model has one. It may be over when the caller hears of it. */
  boolean haveRoom() {
    return unused && all > 1;
  }

  /** Whoever is first waits until there are enough for it, so that nobody needs too many. */
  private void admit() {
    Turn first = turns.peek();
    while (first != null && first.count <= free) {
      turns.remove();
      free -= first.count;
      first.admitted = true;
      first.changed.signal();
      first = turns.peek();
    }
    unused = free == all;
  }

  private static final class Turn {
    private final int priority;
    private final long number;
    private final int count;
    private final Condition changed;
    private boolean admitted;

    Turn(int priority, long number, int count, Condition changed) {
      this.priority = priority;
      this.number = number;
      this.count = count;
      this.changed = changed;
    }
  }
}
