package dev.starling.inference.engine;

import dev.starling.bus.Priority;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What waits to be run, and what of it is run next and together.
 *
 * <p>Not thread-safe. Times are nanoseconds of one monotonic clock, and always passed in.
 *
 * <p>Entries go by priority, then arrival. The first of them decides what the batch is made of:
 * those behind it that {@linkplain Entry#key() fit} and still have room join it, in the same order.
 * A flood of high priority therefore lets lower ones wait, but not past their deadlines, when they
 * are {@linkplain #expire taken out}. Entries are not split.
 *
 * <p>An entry that a run would probably not finish in time is passed over while there are others:
 * with more to do than can be done the first in line is always about to expire, and to run it would
 * be work for nobody. With nothing else to run it is run all the same, since what a run takes is a
 * guess, which only a run corrects.
 *
 * @param <E> compared by identity
 */
final class BatchQueue<E extends BatchQueue.Entry> {

  /** What waits. Nothing here changes while it does, but for {@link #gone()}. */
  interface Entry {
    /** 1 or more, and at most what a batch takes. */
    int rows();

    /** How much of a batch it takes: its rows, or more when these are long. At most a batch. */
    default int room() {
      return rows();
    }

    /** Only entries with equal keys are run together. */
    Object key();

    Priority priority();

    /** When nobody waits for it any more. */
    long deadlineNanos();

    /** Whether its answer is of no use already. */
    boolean gone();
  }

  /** What a free worker is to do. */
  sealed interface Next<E> {}

  /** It runs these together. */
  record Batch<E>(List<E> entries) implements Next<E> {}

  /** It waits for company until then, or until something arrives. */
  record Wait<E>(long untilNanos) implements Next<E> {}

  /** It waits until something arrives. */
  record Empty<E>() implements Next<E> {}

  /** An entry in the queue; each is itself alone. */
  private static final class Waiting<E extends Entry> {
    final E entry;
    final long arrivalNanos;
    final long number;

    Waiting(E entry, long arrivalNanos, long number) {
      this.entry = entry;
      this.arrivalNanos = arrivalNanos;
      this.number = number;
    }

    boolean isDueAfter(long nanos) {
      return entry.deadlineNanos() - nanos >= 0;
    }

    /** Numbers spread better than addresses, and cost nothing to find. */
    @Override
    public int hashCode() {
      return (int) number;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }
  }

  private final int maxRows;
  private final int maxBatch;
  private final long maxDelayNanos;

  // In the order of the priorities, each in the order of arrival.
  private final Map<Priority, Set<Waiting<E>>> byPriority = new EnumMap<>(Priority.class);
  private final TreeSet<Waiting<E>> byDeadline = new TreeSet<>(BatchQueue::compareDeadlines);
  private final long[] room = new long[Priority.values().length];
  private int rows;
  private long arrivals;

  /**
   * @param maxRows that wait at once
   * @param maxBatch rows that are run at once, fewer when they are long
   * @param maxDelayNanos how long the first of a batch waits for company at most
   */
  BatchQueue(int maxRows, int maxBatch, long maxDelayNanos) {
    this.maxRows = maxRows;
    this.maxBatch = maxBatch;
    this.maxDelayNanos = maxDelayNanos;
    for (Priority priority : Priority.values()) {
      byPriority.put(priority, new LinkedHashSet<>());
    }
  }

  /** Puts all of them in, or none when there is no room for all. */
  boolean offer(List<E> entries, long nowNanos) {
    int more = 0;
    for (E entry : entries) {
      more += entry.rows();
    }
    if (more > maxRows - rows) {
      return false;
    }
    for (E entry : entries) {
      Waiting<E> waiting = new Waiting<>(entry, nowNanos, arrivals++);
      rank(entry).add(waiting);
      byDeadline.add(waiting);
      room[entry.priority().ordinal()] += entry.room();
    }
    rows += more;
    return true;
  }

  /** Takes out those whose deadline has passed; they are never run. */
  List<E> expire(long nowNanos) {
    List<E> expired = List.of();
    while (!byDeadline.isEmpty()) {
      Waiting<E> first = byDeadline.first();
      if (first.entry.deadlineNanos() - nowNanos > 0) {
        break;
      }
      if (expired.isEmpty()) {
        expired = new ArrayList<>();
      }
      expired.add(first.entry);
      remove(first);
    }
    return expired;
  }

  /**
   * Takes an entry out, which nobody waits for; it is never run.
   *
   * @return false when it does not wait: it has been taken or expired, or never came
   */
  boolean remove(E entry) {
    for (Waiting<E> waiting : rank(entry)) {
      if (waiting.entry == entry) {
        remove(waiting);
        return true;
      }
    }
    return false;
  }

  /**
   * What to run now. Call {@link #expire} with the same time before.
   *
   * @param computeNanos what a run takes on average; nothing waits for company so long that it
   *     would be late
   */
  Next<E> next(long nowNanos, long computeNanos) {
    // About half of the runs take longer than the average; few take half as long again.
    long inTimeNanos = nowNanos + computeNanos + computeNanos / 2;
    Next<E> inTime = choose(nowNanos, computeNanos, waits -> waits.isDueAfter(inTimeNanos));
    return inTime instanceof Batch<E> ? inTime : choose(nowNanos, computeNanos, waits -> true);
  }

  private Next<E> choose(long nowNanos, long computeNanos, Predicate<Waiting<E>> eligible) {
    Set<Object> seen = new HashSet<>();
    long until = Long.MAX_VALUE;
    boolean waits = false;
    for (Set<Waiting<E>> rank : byPriority.values()) {
      Iterator<Waiting<E>> entries = rank.iterator();
      while (entries.hasNext()) {
        Waiting<E> first = entries.next();
        if (first.entry.gone()) {
          entries.remove();
          forget(first);
          continue;
        }
        if (!eligible.test(first)) {
          continue;
        }
        if (maxDelayNanos == 0) {
          return take(gather(first.entry.key(), eligible));
        }
        if (!seen.add(first.entry.key())) {
          continue;
        }
        List<Waiting<E>> batch = gather(first.entry.key(), eligible);
        long ready = readyNanos(batch, computeNanos);
        if (ready - nowNanos <= 0) {
          return take(batch);
        }
        until = waits && until - ready < 0 ? until : ready;
        waits = true;
      }
    }
    return waits ? new Wait<>(until) : new Empty<>();
  }

  /** The room in batches of all that is run before one of this priority which comes now. */
  long before(Priority priority) {
    long before = 0;
    for (int rank = 0; rank <= priority.ordinal(); rank++) {
      before += room[rank];
    }
    return before;
  }

  /** The rows that wait. */
  int rows() {
    return rows;
  }

  boolean isEmpty() {
    return byDeadline.isEmpty();
  }

  /**
   * When the first entry expires.
   *
   * @throws java.util.NoSuchElementException when nothing waits
   */
  long earliestDeadlineNanos() {
    return byDeadline.first().entry.deadlineNanos();
  }

  /** Those that fit, as many as have room, in their order. */
  private List<Waiting<E>> gather(Object key, Predicate<Waiting<E>> eligible) {
    List<Waiting<E>> batch = new ArrayList<>();
    int room = maxBatch;
    for (Set<Waiting<E>> rank : byPriority.values()) {
      for (Waiting<E> waiting : rank) {
        E entry = waiting.entry;
        if (entry.room() <= room
            && entry.key().equals(key)
            && !entry.gone()
            && eligible.test(waiting)) {
          batch.add(waiting);
          room -= entry.room();
          if (room == 0) {
            return batch;
          }
        }
      }
    }
    return batch;
  }

  /** When this batch goes: at once when it is full, and never so late that one of it would be. */
  private long readyNanos(List<Waiting<E>> batch, long computeNanos) {
    int room = maxBatch;
    long first = batch.get(0).arrivalNanos;
    long ready = first + maxDelayNanos;
    for (Waiting<E> waiting : batch) {
      room -= waiting.entry.room();
      // The first of the batch is the first by rank, not by arrival.
      ready = min(ready, waiting.arrivalNanos + maxDelayNanos);
      ready = min(ready, waiting.entry.deadlineNanos() - 2 * computeNanos);
      first = min(first, waiting.arrivalNanos);
    }
    return room == 0 ? first : ready;
  }

  private Next<E> take(List<Waiting<E>> batch) {
    List<E> entries = new ArrayList<>(batch.size());
    for (Waiting<E> waiting : batch) {
      entries.add(waiting.entry);
      remove(waiting);
    }
    return new Batch<>(entries);
  }

  private void remove(Waiting<E> waiting) {
    rank(waiting.entry).remove(waiting);
    forget(waiting);
  }

  private Set<Waiting<E>> rank(E entry) {
    return byPriority.get(entry.priority());
  }

  private void forget(Waiting<E> waiting) {
    byDeadline.remove(waiting);
    rows -= waiting.entry.rows();
    room[waiting.entry.priority().ordinal()] -= waiting.entry.room();
  }

  // Differences, since the clock may pass Long.MAX_VALUE.
  private static long min(long a, long b) {
    return a - b < 0 ? a : b;
  }

  private static <E extends Entry> int compareDeadlines(Waiting<E> a, Waiting<E> b) {
    long difference = a.entry.deadlineNanos() - b.entry.deadlineNanos();
    return difference == 0 ? Long.compare(a.number, b.number) : Long.signum(difference);
  }
}
