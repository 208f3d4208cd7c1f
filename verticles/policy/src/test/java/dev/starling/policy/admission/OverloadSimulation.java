package dev.starling.policy.admission;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.SheddingRule;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * A service with a fixed number of workers behind an edge with or without guards, in virtual time.
 *
 * <p>Requests come as a Poisson process, whatever became of those before them. They wait in one
 * queue for a worker, first come first served; a worker takes 10 ms on average and does not hear
 * that a client has gone. After a second the client goes, and the edge gives its place back. So
 * goodput is what was answered within a second.
 */
final class OverloadSimulation {
  static final int WORKERS = 20;
  static final long WORK_NANOS = Duration.ofMillis(10).toNanos();
  static final double CAPACITY = WORKERS * 1e9 / WORK_NANOS;
  static final long DEADLINE_NANOS = Duration.ofSeconds(1).toNanos();

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SplittableRandom random;
  private final boolean guarded;
  private final Admission admission;
  private final ConcurrencyLimiter limiter;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final Deque<Request> queue = new ArrayDeque<>();
  private final Log log = new Log();
  private int idle = WORKERS;
  private long numbers;
  private long now;
  private double work = 1;

  private interface Happening {
    void happen();
  }

  private record Event(long at, long number, Happening what) {}

  private static final class Request {
    final Priority priority;
    final long arrived;
    boolean over;

    Request(Priority priority, long arrived) {
      this.priority = priority;
      this.arrived = arrived;
    }
  }

  OverloadSimulation(long seed, boolean guarded) {
    this.random = new SplittableRandom(seed);
    this.guarded = guarded;
    this.admission =
        new Admission(
            new HeapGuard(SheddingRule.defaults(), 0),
            new LoopLagGuard(SheddingRule.defaults(), 0),
            new Backoff(0));
    this.limiter = new ConcurrencyLimiter(ConcurrencyRule.of("all", Match.EVERYTHING), 0);
  }

  Log log() {
    return log;
  }

  /** From now on calls take {@code factor} times as long as at the start. */
  OverloadSimulation slower(double factor) {
    work = factor;
    return this;
  }

  /** Goes on for some seconds, with requests at so many times the capacity. */
  OverloadSimulation run(int seconds, double load) {
    long end = now + seconds * SECOND;
    long next = now + gap(load);
    while (true) {
      Event event = events.peek();
      if (event != null && event.at <= Math.min(next, end)) {
        now = events.remove().at;
        event.what.happen();
      } else if (next <= end) {
        now = next;
        next += gap(load);
        arrive();
      } else {
        now = end;
        return this;
      }
    }
  }

  private long gap(double load) {
    return (long) (-Math.log(1 - random.nextDouble()) * 1e9 / (CAPACITY * load));
  }

  /** A tenth is critical, three tenths are sheddable. */
  private Priority priority() {
    int draw = random.nextInt(10);
    return draw == 0 ? Priority.CRITICAL : draw < 4 ? Priority.SHEDDABLE : Priority.NORMAL;
  }

  private void arrive() {
    Request request = new Request(priority(), now);
    Log.Second second = log.second(now);
    second.offered[request.priority.ordinal()]++;
    if (guarded && admission.enter(limiter, request.priority, random, now) != null) {
      return;
    }
    second.admitted++;
    queue.add(request);
    at(now + DEADLINE_NANOS, () -> expire(request));
    beginNext();
  }

  private void expire(Request request) {
    if (!request.over) {
      request.over = true;
      if (guarded) {
        limiter.leave(Ending.TIMED_OUT, now - request.arrived, now);
      }
    }
  }

  private void beginNext() {
    while (idle > 0 && !queue.isEmpty()) {
      Request request = queue.remove();
      idle--;
      // Half of it always, the other half with a long tail.
      double factor = 0.5 - 0.5 * Math.log(1 - random.nextDouble());
      at(now + (long) (WORK_NANOS * work * factor), () -> finish(request));
    }
  }

  private void finish(Request request) {
    idle++;
    if (!request.over) {
      request.over = true;
      log.answered(request.priority, request.arrived, now);
      if (guarded) {
        limiter.leave(Ending.ANSWERED, now - request.arrived, now);
      }
    }
    log.second(now).limit = limiter.limit();
    beginNext();
  }

  private void at(long when, Happening what) {
    events.add(new Event(when, numbers++, what));
  }
}
