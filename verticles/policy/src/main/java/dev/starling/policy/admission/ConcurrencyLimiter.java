package dev.starling.policy.admission;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.ConcurrencyRule;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the calls in flight of one class of routes by a limit that follows their latency, and has
 * room beyond it for what matters most.
 *
 * <p>Classes are separate because one limit for quick and slow routes would follow the mix of them
 * instead of the load.
 *
 * <p>Threading: thread-safe; one object serves all event loops of a node, because the limit is the
 * node's. The counter is one atomic number that they contend for: the number of the loops is small,
 * and a count per loop would either let each have its own share, idle where another one is full, or
 * be read by all of them for every call.
 */
public final class ConcurrencyLimiter {
  /** Places beside the limit for operators, who come to see why there are no others. */
  static final int RESERVED = 5;

  /**
   * How far critical calls may go beyond the limit. They count in it, so the others make room, but
   * are never refused for the others: at a limit of ten, the last fifth of it would be full in
   * every second burst.
   */
  private static final double BEYOND = 2;

  /**
   * And so many more where the limit follows the latency: small limits are soon twice full when
   * whatever answers stands still for some milliseconds.
   */
  private static final int BURST = 10;

  private final ConcurrencyRule rule;
  private final AdaptiveLimit limit;
  private final AtomicInteger inFlight = new AtomicInteger();

  public ConcurrencyLimiter(ConcurrencyRule rule, long nowNanos) {
    this.rule = rule;
    this.limit = new AdaptiveLimit(rule, nowNanos);
  }

  public String name() {
    return rule.name();
  }

  /** Takes a place if there is one for this priority; who has it leaves. */
  public boolean tryEnter(Priority priority) {
    int most = limit(priority);
    int seen = inFlight.get();
    while (seen < most) {
      if (inFlight.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = inFlight.get();
    }
    limit.refused();
    return false;
  }

  /** Whether somebody inside would also have been let in with this priority. */
  public boolean mayStay(Priority priority) {
    if (inFlight.get() <= limit(priority)) {
      return true;
    }
    limit.refused();
    return false;
  }

  /**
   * Gives a place back; once by each who entered.
   *
   * @param tookNanos since it entered
   */
  public void leave(Ending ending, long tookNanos, long nowNanos) {
    int before = inFlight.getAndDecrement();
    switch (ending) {
      case ANSWERED -> limit.answered(tookNanos, before, nowNanos);
      case TIMED_OUT -> limit.timedOut(before, nowNanos);
      case UNKNOWN -> {
        // says nothing
      }
    }
  }

  public int inFlight() {
    return inFlight.get();
  }

  /** How many calls there may be now. */
  public int limit() {
    return (int) limit.limit();
  }

  /** How many there may be for one more of this priority to enter. */
  public int limit(Priority priority) {
    double most = limit.limit();
    return switch (priority) {
      case OPERATIONS -> critical(most) + RESERVED;
      case CRITICAL -> critical(most);
      case NORMAL -> Math.max(1, (int) (0.8 * most));
      case SHEDDABLE -> Math.max(1, (int) (0.5 * most));
    };
  }

  private int critical(double most) {
    return (int) (BEYOND * most) + (rule.adaptive() ? BURST : 0);
  }
}
