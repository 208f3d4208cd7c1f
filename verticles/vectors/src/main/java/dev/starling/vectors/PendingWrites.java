package dev.starling.vectors;

import dev.starling.contract.vectors.VectorShardsContract.Writing;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Writes that wait for their shard, in the order in which they came. Guarded by its owner's lock.
 */
final class PendingWrites {
  /** Rows of one statement: 2 MiB at 1024 dimensions. */
  private static final int MAX_BATCH = 500;

  /** Some seconds' worth of writes. */
  static final int MAX_ROWS = 4000;

  private final Deque<Pending> waiting = new ArrayDeque<>();
  private int rows;

  /** Rows of one caller. */
  record Pending(List<PointChange> rows, long deadlineNanos, Promise<Writing> done) {}

  private record Key(UUID collection, String id) {}

  int rows() {
    return rows;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void add(Pending one) {
    rows += one.rows().size();
    waiting.add(one);
  }

  /** Takes out those whose deadline has passed. */
  List<Pending> takeLate(long nowNanos) {
    List<Pending> late = new ArrayList<>();
    for (Iterator<Pending> all = waiting.iterator(); all.hasNext(); ) {
      Pending one = all.next();
      if (one.deadlineNanos() - nowNanos <= 0) {
        all.remove();
        rows -= one.rows().size();
        late.add(one);
      }
    }
    return late;
  }

  /** What waits, up to the first that has a point again: one statement has each id once. */
  List<Pending> takeBatch() {
    List<Pending> batch = new ArrayList<>();
    Set<Key> keys = new HashSet<>();
    int taken = 0;
    for (Pending next = waiting.peek(); next != null; next = waiting.peek()) {
      List<Key> own = next.rows().stream().map(row -> new Key(row.collection(), row.id())).toList();
      boolean fits = taken == 0 || taken + own.size() <= MAX_BATCH;
      if (!fits || own.stream().anyMatch(keys::contains)) {
        break;
      }
      keys.addAll(own);
      taken += own.size();
      batch.add(waiting.remove());
    }
    rows -= taken;
    return batch;
  }

  List<Pending> takeAll() {
    List<Pending> all = List.copyOf(waiting);
    waiting.clear();
    rows = 0;
    return all;
  }
}
