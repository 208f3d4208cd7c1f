package dev.starling.inference.engine;

import dev.starling.inference.engine.BatchQueue.Batch;
import dev.starling.inference.engine.BatchQueue.Next;
import dev.starling.inference.engine.BatchQueue.Wait;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The threads that run a model, in front of them its queue. Thread-safe.
 *
 * <p>A lock guards the queue. It is held for what the queue does and nothing else: answers are
 * given without it, so what callers do with them holds up no other.
 *
 * <p>When entries come soon after each other, one worker that has nothing to do stays awake for the
 * next one ({@link Vigil}).
 */
final class Workers {

  /** What became of an offer. */
  enum Offer {
    TAKEN,
    /** There is no room, or so much waits that it would not be run in time. */
    FULL,
    /** The queue takes no more. */
    CLOSED
  }

  /**
   * What a worker found to do.
   *
   * @param batch empty when there is nothing to run yet
   * @param expired to be answered
   * @param untilNanos when to look again, or {@link #NEVER}
   * @param changes how often something had changed when it looked
   * @param last whether there will be nothing more
   */
  private record Turn(
      List<Part> batch, List<Part> expired, long untilNanos, long changes, boolean last) {}

  private static final long NEVER = Long.MAX_VALUE;

  /** Some microseconds. */
  private static final int SPINS = 64;

  /** A pause counts for no more, so that many short ones after it are soon what is expected. */
  private static final long LONG_IDLE_NANOS = 8 * Vigil.LONGEST_NANOS;

  private final BatchQueue<Part> queue;
  private final BatchRun run;
  private final LongSupplier nanoTime;
  private final ModelMeters meters;
  private final ExpiryAlarm alarm;
  private final Runnable atEnd;

  private final ReentrantLock lock = new ReentrantLock();
  private final IntSupplier queuedRows = this::queuedRows;
  private final Condition changed = lock.newCondition();
  private final AtomicLong changes = new AtomicLong();
  private final Promise<Void> drained = Promise.promise();
  private final Promise<Void> ended = Promise.promise();
  private final MovingAverage computeNanos;
  private final int roomOfRun;
  private final MovingAverage idleNanos = new MovingAverage(LONG_IDLE_NANOS);
  private boolean draining;
  private boolean closing;
  private boolean awake;
  private int running;
  private long idleSinceNanos;
  private int threads;

  /**
   * @param computeNanos what a run is expected to take at first
   * @param roomOfRun how much of what waits may be run together at most
   * @param atEnd called once, by the last thread
   */
  Workers(
      BatchQueue<Part> queue,
      LongSupplier nanoTime,
      Alarm alarm,
      ModelMeters meters,
      ModelSpans spans,
      long computeNanos,
      int roomOfRun,
      Runnable atEnd) {
    this.queue = queue;
    this.run = new BatchRun(nanoTime, meters, spans);
    this.nanoTime = nanoTime;
    this.meters = meters;
    this.alarm = new ExpiryAlarm(alarm, this::sweep);
    this.computeNanos = new MovingAverage(computeNanos);
    this.roomOfRun = roomOfRun;
    this.atEnd = atEnd;
    meters.watch(queuedRows);
  }

  /**
   * Begins, with a thread for each of these.
   *
   * @param vigil keeps one of the node's awake
   * @param priority the model's, among those that share the cores
   * @param coresEach how many a run takes
   */
  void start(
      String name, List<Graph> graphs, Cores cores, Vigil vigil, int priority, int coresEach) {
    threads = graphs.size();
    for (int i = 0; i < graphs.size(); i++) {
      Graph graph = graphs.get(i);
      Thread thread =
          new Thread(() -> work(graph, cores, vigil, priority, coresEach), name + "-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Puts all of them in the queue, or none. */
  Offer offer(List<Part> parts) {
    long now = nanoTime.getAsLong();
    enter();
    try {
      if (draining) {
        return Offer.CLOSED;
      }
      boolean idle = running == 0 && queue.isEmpty();
      if (isHopeless(parts.get(0), now) || !queue.offer(parts, now)) {
        return Offer.FULL;
      }
      idleNanos.add(idle ? Math.min(now - idleSinceNanos, LONG_IDLE_NANOS) : 0);
      changes.incrementAndGet();
      for (int i = awake ? 1 : 0; i < parts.size(); i++) {
        changed.signal();
      }
      alarm.watch(queue, now);
    } finally {
      lock.unlock();
    }
    return Offer.TAKEN;
  }

  /**
   * Whether what is run before it takes longer than it can wait, even if batches are full. Whoever
   * is told so at once can go elsewhere; with nothing before it an entry is never hopeless.
   */
  private boolean isHopeless(Part part, long now) {
    long runs = queue.before(part.priority()) / roomOfRun / Math.max(1, threads);
    return runs > 0 && now + (runs + 1) * computeNanos.value() - part.deadlineNanos() > 0;
  }

  /** Nobody waits for these any more: those that have not begun are dropped. */
  void cancel(List<Part> parts) {
    int dropped = 0;
    enter();
    try {
      for (Part part : parts) {
        if (queue.remove(part)) {
          dropped++;
        }
      }
      if (dropped > 0) {
        // A worker may wait for the very last of what is in the queue.
        changes.incrementAndGet();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (dropped > 0) {
      meters.cancelled(dropped);
      parts.get(0).cancel();
      tellDrained();
    }
  }

  /** Takes no more; completes when all that was taken has its answer. */
  Future<Void> drain() {
    enter();
    try {
      draining = true;
    } finally {
      lock.unlock();
    }
    tellDrained();
    return drained.future();
  }

  /** Drains; completes when the threads are gone. */
  Future<Void> close() {
    enter();
    try {
      draining = true;
      closing = true;
      changes.incrementAndGet();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    tellDrained();
    return ended.future();
  }

  private void work(Graph graph, Cores cores, Vigil vigil, int priority, int coresEach) {
    Turn turn;
    do {
      // What is run is chosen when there are cores for it, not before: until then more may join.
      cores.acquire(priority, coresEach);
      try {
        turn = take();
        expire(turn.expired);
        if (!turn.batch.isEmpty()) {
          run(graph, turn.batch);
        }
      } finally {
        cores.release(coresEach);
      }
      if (turn.batch.isEmpty() && !turn.last) {
        await(turn, vigil);
      }
    } while (!turn.last);
    end();
  }

  private Turn take() {
    enter();
    try {
      long now = nanoTime.getAsLong();
      List<Part> expired = queue.expire(now);
      Next<Part> next = queue.next(now, computeNanos.value());
      if (next instanceof Batch<Part> batch) {
        running++;
        if (!queue.isEmpty()) {
          // Somebody else is to look at the rest, and keeps an eye on what waits for company.
          changed.signal();
        }
        return new Turn(batch.entries(), expired, NEVER, changes.get(), false);
      }
      long until = next instanceof Wait<Part> wait ? wait.untilNanos() : NEVER;
      return new Turn(List.of(), expired, until, changes.get(), closing && queue.isEmpty());
    } finally {
      lock.unlock();
    }
  }

  private void run(Graph graph, List<Part> batch) {
    long begun = nanoTime.getAsLong();
    run.run(graph, batch);
    enter();
    try {
      long now = nanoTime.getAsLong();
      running--;
      idleSinceNanos = now;
      computeNanos.add(now - begun);
    } finally {
      lock.unlock();
    }
    tellDrained();
  }

  /** Waits for something to change. Whoever calls it looks again, so waking early is no harm. */
  @SuppressWarnings("WaitNotInLoop")
  private void await(Turn turn, Vigil vigil) {
    tellDrained();
    enter();
    try {
      if (hasChanged(turn)) {
        return;
      }
      if (turn.untilNanos == NEVER && idleNanos.value() < Vigil.LONGEST_NANOS && vigil.begin()) {
        stayAwake(turn, vigil);
        if (hasChanged(turn)) {
          return;
        }
      }
      if (turn.untilNanos == NEVER) {
        changed.awaitUninterruptibly();
      } else {
        changed.awaitNanos(turn.untilNanos - nanoTime.getAsLong());
      }
    } catch (InterruptedException e) {
      // It says nothing: these threads end when the model is closed.
    } finally {
      lock.unlock();
    }
  }

  /** Gives up the lock meanwhile. What comes then is for this worker, so nobody else is woken. */
  private void stayAwake(Turn turn, Vigil vigil) {
    awake = true;
    lock.unlock();
    try {
      vigil.keep(() -> hasChanged(turn));
    } finally {
      enter();
      awake = false;
    }
  }

  private boolean hasChanged(Turn turn) {
    return changes.get() != turn.changes;
  }

  /** Whoever has the lock gives it back in a moment: less than it takes to fall asleep for it. */
  private void enter() {
    for (int i = 0; i < SPINS; i++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  private void end() {
    boolean last;
    enter();
    try {
      threads--;
      last = threads == 0;
    } finally {
      lock.unlock();
    }
    tellDrained();
    if (last) {
      meters.forget(queuedRows);
      atEnd.run();
      ended.complete();
    }
  }

  /** Answers what expires while all workers are busy. */
  private void sweep(long dueNanos) {
    List<Part> expired;
    enter();
    try {
      long now = nanoTime.getAsLong();
      expired = queue.expire(now);
      alarm.rang(queue, dueNanos, now);
      if (closing) {
        // Workers end when nothing waits any more.
        changes.incrementAndGet();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    expire(expired);
    tellDrained();
  }

  private void expire(List<Part> expired) {
    if (!expired.isEmpty()) {
      meters.expired(expired.size());
      expired.forEach(Part::expire);
    }
  }

  private void tellDrained() {
    boolean done;
    enter();
    try {
      done = draining && running == 0 && queue.isEmpty();
    } finally {
      lock.unlock();
    }
    if (done) {
      drained.tryComplete();
    }
  }

  private int queuedRows() {
    enter();
    try {
      return queue.rows();
    } finally {
      lock.unlock();
    }
  }
}
