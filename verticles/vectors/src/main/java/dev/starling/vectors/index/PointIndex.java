package dev.starling.vectors.index;

import dev.starling.vectors.index.Arena.Placed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The points of one collection that a node has in memory.
 *
 * <p>Thread-safe. Searches run side by side; a change waits for them and they for it, each for some
 * tenths of a millisecond, so none of its methods belongs on an event loop. {@link #work} is for
 * one thread at a time.
 */
public final class PointIndex {
  /*
   * A put is found at once, since what is not in the graph yet is compared one by one. One thread in
   * the background brings points into the graph, each under the lock, and makes another arena of
   * the living points when a quarter is dead; it does the latter without the lock, and then brings
   * over what has changed meanwhile.
   */

  private static final int DEAD_SHARE = 4;

  /** Points that are copied to another arena in one step. */
  private static final int FILL = 64;

  private final Similarity similarity;
  private final int breadth;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, Placed> byId = new HashMap<>();
  private Arena arena;
  private long units;
  private @Nullable Renewal renewal;

  /** An arena that is being made of the living points of another. */
  private static final class Renewal {
    final Arena next;
    final List<Placed> living;
    final int oldSize;

    Renewal(Arena next, List<Placed> living, int oldSize) {
      this.next = next;
      this.living = living;
      this.oldSize = oldSize;
    }

    boolean isFilled() {
      return next.size() == living.size();
    }
  }

  /** What happens to a point. */
  public sealed interface Change {

    record Put(IndexedPoint point) implements Change {}

    record Remove(String id) implements Change {}

    /** All of a shard. */
    record Drop(int shard) implements Change {}
  }

  /**
   * @param breadth the fewest candidates that a graph search keeps
   */
  public PointIndex(Similarity similarity, int breadth) {
    this.similarity = similarity;
    this.breadth = breadth;
    this.arena = new Arena(similarity, breadth);
  }

  /** Makes changes, in this order; gives by how many units of memory it has grown. */
  public long apply(List<Change> changes) {
    lock.writeLock().lock();
    try {
      long before = units;
      for (Change change : changes) {
        if (change instanceof Change.Put put) {
          put(put.point());
        } else if (change instanceof Change.Remove gone) {
          remove(gone.id());
        } else if (change instanceof Change.Drop drop) {
          drop(drop.shard());
        }
      }
      return units - before;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void put(IndexedPoint point) {
    remove(point.id());
    Placed added = new Placed(point);
    added.slot = arena.add(added);
    byId.put(point.id(), added);
    units += point.units();
  }

  private void remove(String id) {
    Placed gone = byId.remove(id);
    if (gone != null) {
      units -= gone.point.units();
      arena.kill(gone.slot);
    }
  }

  private void drop(int shard) {
    if (arena.livingOf(shard) > 0) {
      for (Placed one : arena.living(0)) {
        if (one.point.shard() == shard) {
          remove(one.point.id());
        }
      }
    }
  }

  /** Offers the nearest points. */
  public void search(Query query, Best best) {
    lock.readLock().lock();
    try {
      arena.search(query, best);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** How many points of a shard it has. */
  public int points(int shard) {
    return reading(() -> arena.livingOf(shard));
  }

  public int points() {
    return reading(() -> arena.living());
  }

  /** Points that are compared one by one until they are in the graph. */
  public int ungraphed() {
    return reading(() -> arena.ungraphed());
  }

  private int reading(IntSupplier figure) {
    lock.readLock().lock();
    try {
      return figure.getAsInt();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Does a part of what is to be done in the background.
   *
   * @param steps points to bring into a graph
   * @return whether there is more to do
   */
  public boolean work(int steps) {
    boolean more = true;
    for (int i = 0; i < steps && more; i++) {
      Renewal current = renewal;
      more = current == null ? grow() : renew(current);
      if (current != null) {
        // What is new meanwhile must not wait until the other arena is ready.
        grow();
      }
    }
    return more;
  }

  private boolean grow() {
    lock.writeLock().lock();
    try {
      if (renewal == null && arena.dead() > Arena.FEW && arena.dead() > arena.size() / DEAD_SHARE) {
        renewal = beginRenewal();
        return true;
      }
      if (arena.ungraphed() == 0) {
        return false;
      }
      arena.growGraph();
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private Renewal beginRenewal() {
    return new Renewal(new Arena(similarity, breadth), arena.living(0), arena.size());
  }

  /** A step without the lock, but for the last: nobody else knows the new arena. */
  private boolean renew(Renewal current) {
    if (!current.isFilled()) {
      int end = Math.min(current.living.size(), current.next.size() + FILL);
      while (current.next.size() < end) {
        current.next.add(current.living.get(current.next.size()));
      }
    } else if (current.next.ungraphed() > 0) {
      current.next.growGraph();
    } else {
      exchange(current);
    }
    return true;
  }

  private void exchange(Renewal current) {
    lock.writeLock().lock();
    try {
      for (int slot = 0; slot < current.living.size(); slot++) {
        Placed one = current.living.get(slot);
        if (arena.isLive(one.slot)) {
          one.slot = slot;
        } else {
          current.next.kill(slot);
        }
      }
      for (Placed later : arena.living(current.oldSize)) {
        later.slot = current.next.add(later);
      }
      arena = current.next;
      renewal = null;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
