package dev.starling.policy.bulkhead;

import dev.starling.policy.bulkhead.Waiter.Refusal;
import dev.starling.policy.rule.BulkheadRule;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore for callers that must not block: who finds no permit waits for a call back, if there
 * is room.
 *
 * <p>Normally the one who waited longest is next. While the queue has not been empty for {@link
 * #OVERLOADED_AFTER}, whoever came last is next, since its caller is the likeliest still to be
 * there, and nobody waits longer than {@link #OVERLOADED_WAIT}: a queue that does not empty only
 * makes everybody late.
 *
 * <p>Threading: thread-safe; one object serves all event loops of a node. Without a queue, entering
 * and leaving are one atomic operation each; with one, a lock is held for some nanoseconds. Waiters
 * are called without it, on the thread that leaves or ticks. Time is passed in, as {@link
 * System#nanoTime()} counts it.
 *
 * <p>Source: controlled delay with adaptive LIFO, Maurer, Fail at Scale, ACM Queue 13 (8), 2015.
 */
public final class Bulkhead implements AutoCloseable {
  /** A queue that was not empty for this long is one that the service does not keep up with. */
  public static final Duration OVERLOADED_AFTER = Duration.ofMillis(100);

  /** What one may wait then. */
  public static final Duration OVERLOADED_WAIT = Duration.ofMillis(5);

  /*
   * The permits are a number that is changed by compare-and-set, the queue has a lock. So that a
   * permit is never free while somebody waits: who leaves gives the permit back first and looks for
   * waiters second; who waits queues first and looks for a permit second. Whichever way the two
   * interleave, one of them sees the other.
   */
  private final AtomicInteger free;
  private final WaitQueue queue = new WaitQueue();
  private final Object lock = new Object();
  private final BulkheadRule rule;
  private final Runnable onQueue;
  private final long maxWaitNanos;
  private final LongAdder refused = new LongAdder();
  private volatile boolean closed;

  public Bulkhead(BulkheadRule rule) {
    this(rule, () -> {});
  }

  /**
   * @param onQueue called when somebody begins to wait where nobody did, so that somebody ticks; by
   *     the thread that wants to enter, so it must be quick
   */
  public Bulkhead(BulkheadRule rule, Runnable onQueue) {
    this.rule = rule;
    this.onQueue = onQueue;
    this.maxWaitNanos = rule.maxWait().toNanos();
    this.free = new AtomicInteger(rule.maxConcurrent());
  }

  /**
   * Enters, waits, or neither.
   *
   * @param waiter called later if this returns {@link Waiting}, never otherwise
   */
  public Entry enter(Waiter waiter, long nowNanos) {
    if (closed) {
      return Entry.Decided.CLOSED;
    }
    // Nobody overtakes those who wait.
    if (queue.size() == 0 && tryTake()) {
      return Entry.Decided.ENTERED;
    }
    Waiting mine = new Waiting(this, waiter, nowNanos);
    Waiting next = null;
    boolean first;
    synchronized (lock) {
      if (closed) {
        return Entry.Decided.CLOSED;
      }
      first = queue.size() == 0;
      if (queue.size() >= rule.maxWaiting()) {
        return first && tryTake() ? Entry.Decided.ENTERED : full();
      }
      queue.add(mine, nowNanos);
      if (tryTake()) {
        next = takeNext(nowNanos);
      }
    }
    if (next == null) {
      if (first) {
        onQueue.run();
      }
      return mine;
    }
    if (next == mine) {
      return Entry.Decided.ENTERED;
    }
    next.waiter.entered(nowNanos);
    return mine;
  }

  /** Gives a permit back; once by each who entered. */
  public void leave(long nowNanos) {
    free.incrementAndGet();
    if (queue.size() > 0) {
      dropLate(nowNanos);
      handOn(nowNanos);
    }
  }

  /** Refuses those who have waited too long; to be called every few milliseconds while any wait. */
  public void tick(long nowNanos) {
    if (queue.size() > 0) {
      dropLate(nowNanos);
    }
  }

  /** Refuses everybody who waits and who comes; who is inside may take its time to leave. */
  @Override
  public void close() {
    Waiting waiting;
    synchronized (lock) {
      closed = true;
      waiting = queue.oldest();
    }
    while (waiting != null) {
      if (cancel(waiting)) {
        waiting.waiter.refused(Refusal.CLOSED);
      }
      synchronized (lock) {
        waiting = queue.oldest();
      }
    }
  }

  /** How many are inside. */
  public int inside() {
    return rule.maxConcurrent() - free.get();
  }

  /** How many wait. */
  public int waiting() {
    return queue.size();
  }

  public String name() {
    return rule.name();
  }

  /** How many may be inside. */
  public int permits() {
    return rule.maxConcurrent();
  }

  /** How many did not get in since the start, because it was full or they waited for too long. */
  public long refused() {
    return refused.sum();
  }

  boolean cancel(Waiting waiting) {
    synchronized (lock) {
      if (!waiting.queued) {
        return false;
      }
      queue.remove(waiting);
      return true;
    }
  }

  private Entry full() {
    refused.increment();
    return Entry.Decided.FULL;
  }

  private boolean tryTake() {
    int seen = free.get();
    while (seen > 0) {
      if (free.compareAndSet(seen, seen - 1)) {
        return true;
      }
      seen = free.get();
    }
    return false;
  }

  private void handOn(long nowNanos) {
    while (true) {
      Waiting next;
      synchronized (lock) {
        if (queue.size() == 0 || !tryTake()) {
          return;
        }
        next = takeNext(nowNanos);
      }
      next.waiter.entered(nowNanos);
    }
  }

  /** Whose turn it is; there must be somebody, and the lock must be held. */
  private Waiting takeNext(long nowNanos) {
    Waiting next = overloaded(nowNanos) ? queue.newest() : queue.oldest();
    if (next == null) {
      throw new IllegalStateException("waiters: 0 (expected: > 0)");
    }
    queue.remove(next);
    return next;
  }

  private void dropLate(long nowNanos) {
    while (true) {
      Waiting late;
      Refusal why;
      synchronized (lock) {
        why = overloaded(nowNanos) ? Refusal.OVERLOADED : Refusal.WAITED_TOO_LONG;
        late = firstLate(nowNanos);
        if (late == null) {
          return;
        }
        queue.remove(late);
      }
      refused.increment();
      late.waiter.refused(why);
    }
  }

  /** The oldest if it has waited for too long; those behind it have waited less. */
  private @Nullable Waiting firstLate(long nowNanos) {
    Waiting oldest = queue.oldest();
    if (oldest == null) {
      return null;
    }
    long patience =
        overloaded(nowNanos) ? Math.min(OVERLOADED_WAIT.toNanos(), maxWaitNanos) : maxWaitNanos;
    return nowNanos - oldest.sinceNanos > patience ? oldest : null;
  }

  /** Whether the queue has not been empty for too long; the lock must be held. */
  private boolean overloaded(long nowNanos) {
    return queue.size() > 0 && nowNanos - queue.filledNanos() >= OVERLOADED_AFTER.toNanos();
  }
}
