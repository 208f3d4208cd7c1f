package dev.starling.policy.admission;

import dev.starling.bus.Priority;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks the guards of a node in turn, the cheapest first.
 *
 * <p>Threading: thread-safe, like the guards; chance comes from the caller, who has a source for
 * each event loop.
 */
public final class Admission {
  private final HeapGuard heap;
  private final LoopLagGuard loops;
  private final Backoff backoff;

  public Admission(HeapGuard heap, LoopLagGuard loops, Backoff backoff) {
    this.heap = heap;
    this.loops = loops;
    this.backoff = backoff;
  }

  /**
   * Null when the request was admitted and has its place in {@code limiter}, which it leaves.
   *
   * @param limiter of the class of its route; null when it is of none
   */
  public @Nullable Shed enter(
      @Nullable ConcurrencyLimiter limiter,
      Priority priority,
      RandomGenerator random,
      long nowNanos) {
    if (!heap.admits(priority, nowNanos)) {
      return byHeap(priority, random, nowNanos);
    }
    if (!loops.admits(priority, random)) {
      return byLoops(random, nowNanos);
    }
    return enterClass(limiter, priority, random, nowNanos);
  }

  /**
   * Asks the limiter only, for a request that was admitted before it was known of which class it
   * is.
   *
   * @return null when it has its place in {@code limiter}, which it leaves
   */
  public @Nullable Shed enterClass(
      @Nullable ConcurrencyLimiter limiter,
      Priority priority,
      RandomGenerator random,
      long nowNanos) {
    return limiter == null || limiter.tryEnter(priority)
        ? null
        : byLimit(limiter, priority, random, nowNanos);
  }

  /**
   * Asks again for a request that was admitted and turns out to be worth less.
   *
   * @return null when it may go on; otherwise it must leave {@code limiter} as one that was refused
   */
  public @Nullable Shed lower(
      @Nullable ConcurrencyLimiter limiter,
      Priority before,
      Priority priority,
      RandomGenerator random,
      long nowNanos) {
    if (!heap.admits(priority, nowNanos)) {
      return byHeap(priority, random, nowNanos);
    }
    if (!loops.lower(before, priority, random)) {
      return byLoops(random, nowNanos);
    }
    if (limiter != null && !limiter.mayStay(priority)) {
      return byLimit(limiter, priority, random, nowNanos);
    }
    return null;
  }

  private Shed byHeap(Priority priority, RandomGenerator random, long nowNanos) {
    return shed(
        Shed.Guard.HEAP,
        "heap",
        heap.thresholdPercent(priority),
        heap.observedPercent(nowNanos),
        random,
        nowNanos);
  }

  private Shed byLoops(RandomGenerator random, long nowNanos) {
    return shed(
        Shed.Guard.LOOP_LAG,
        "loop-lag",
        loops.thresholdNanos() / 1e6,
        loops.meanLagNanos() / 1e6,
        random,
        nowNanos);
  }

  private Shed byLimit(
      ConcurrencyLimiter limiter, Priority priority, RandomGenerator random, long nowNanos) {
    return shed(
        Shed.Guard.CONCURRENCY,
        limiter.name(),
        limiter.limit(priority),
        limiter.inFlight(),
        random,
        nowNanos);
  }

  private Shed shed(
      Shed.Guard guard,
      String rule,
      double threshold,
      double observed,
      RandomGenerator random,
      long nowNanos) {
    return new Shed(guard, rule, threshold, observed, backoff.refuse(nowNanos, random));
  }
}
