package dev.starling.policy.breaker;

import dev.starling.policy.breaker.BreakerReport.Cause;
import dev.starling.policy.breaker.BreakerReport.State;
import dev.starling.policy.breaker.CallWindow.Tally;
import dev.starling.policy.rule.BreakerRule;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Refuses calls to a dependency that fails or crawls, and tries it again with a few.
 *
 * <pre>
 *            too many bad calls                 the wait is over
 *   CLOSED ──────────────────────▶ OPEN ──────────────────────────▶ HALF_OPEN
 *      ▲                            ▲  a trial failed or is overdue     │  │
 *      │                            └───────────────────────────────────┘  │
 *      └───────────────────────────────────────────────────────────────────┘
 *                              all trials passed
 * </pre>
 *
 * <p>Threading: thread-safe, never blocks for longer than another thread needs for a few
 * instructions; one object serves all event loops of a node. While closed, a permit costs a read
 * and its return an addition to counters that spread over cache lines. Time is passed in, as {@link
 * System#nanoTime()} counts it.
 *
 * <p>Source: Hystrix's rolling window and sleep window; docs/adr/0018 says what was added.
 */
public final class CircuitBreaker {
  /** What {@link #tryEnter} answers when the call must not be made. */
  public static final long REFUSED = -1;

  /**
   * By how much each wait is longer or shorter at random, so that the nodes of a cluster do not try
   * together; the longest wait too.
   */
  public static final double JITTER = 0.2;

  /**
   * How long a trial may take before it counts as failed. That is five times the deadline that an
   * operation has unless it declares another, and ten times what is slow unless a rule says
   * otherwise: one that takes so long would fail anyhow, and keeps its place until then.
   */
  public static final Duration TRIAL_PATIENCE = Duration.ofSeconds(10);

  /*
   * A permit is the number of the phase that it was given in, and in its lowest 16 bits the place of
   * a trial, counted from 1. Each change makes a new phase, so a result that comes back later finds
   * another number and is not believed: a success from before the trip must not close, a failure
   * from before must not open again.
   */
  private static final int PLACE_BITS = 16;
  private static final long PLACE = (1 << PLACE_BITS) - 1;

  private final BreakerRule rule;
  private final DoubleSupplier random;
  private final BreakerListener listener;
  private final long windowNanos;
  private final long slowNanos;
  private final AtomicReference<Phase> phase;
  private final LongAdder refused = new LongAdder();

  private sealed interface Phase {
    long number();
  }

  private record Closed(long number, CallWindow window) implements Phase {}

  /**
   * @param failures how often in a row it opened since it was closed, the first time not counted
   */
  private record Open(long number, BreakerReport trip, int failures, long untilNanos)
      implements Phase {}

  private record HalfOpen(long number, BreakerReport trip, int failures, Trials trials)
      implements Phase {}

  /**
   * @param random uniform in 0 (inclusive) to 1, for the jitter; called by any thread
   */
  public CircuitBreaker(
      BreakerRule rule, DoubleSupplier random, BreakerListener listener, long nowNanos) {
    this.rule = rule;
    this.random = random;
    this.listener = listener;
    this.windowNanos = rule.window().toNanos();
    this.slowNanos = rule.slowCall().toNanos();
    this.phase = new AtomicReference<>(new Closed(0, new CallWindow(windowNanos, nowNanos)));
  }

  public String name() {
    return rule.name();
  }

  /** A permit to hand back to {@link #leave}, or {@link #REFUSED}. */
  public long tryEnter(long nowNanos) {
    Phase seen = phase.get();
    long permit =
        seen instanceof Closed ? seen.number() << PLACE_BITS : tryBeginTrial(seen, nowNanos);
    if (permit == REFUSED) {
      refused.increment();
    }
    return permit;
  }

  /**
   * Hands a permit back; at most once for each.
   *
   * @param tookNanos how long the call took
   */
  public void leave(long permit, Outcome outcome, long tookNanos, long nowNanos) {
    Phase seen = phase.get();
    if (permit >> PLACE_BITS != seen.number()) {
      return; // it began before the last change
    }
    boolean slow = tookNanos > slowNanos;
    if (seen instanceof Closed closed && outcome.isCounted()) {
      closed.window.add(outcome.isFailure(), slow, nowNanos);
      if (closed.window.mayHaveBad(nowNanos)) {
        openIfBad(closed, nowNanos);
      }
    } else if (seen instanceof HalfOpen half) {
      endTrial(half, (int) (permit & PLACE) - 1, outcome, slow, nowNanos);
    }
  }

  /** What is known now; makes no change. */
  public BreakerReport report(long nowNanos) {
    Phase seen = phase.get();
    if (seen instanceof Open open) {
      return open.trip.as(State.OPEN, open.untilNanos - nowNanos);
    }
    if (seen instanceof HalfOpen half) {
      return half.trip.as(State.HALF_OPEN, 0);
    }
    Tally tally = ((Closed) seen).window.tally(nowNanos);
    return BreakerReport.of(
        State.CLOSED, null, rule.failurePercent(), tally.failures(), tally.calls());
  }

  /** How many calls were refused since the start. */
  public long refused() {
    return refused.sum();
  }

  private long tryBeginTrial(Phase first, long nowNanos) {
    Phase seen = first;
    while (true) {
      if (seen instanceof Closed) {
        return seen.number() << PLACE_BITS;
      }
      if (seen instanceof Open open) {
        if (nowNanos - open.untilNanos < 0) {
          return REFUSED;
        }
        halfOpen(open);
      } else if (seen instanceof HalfOpen half) {
        int place = half.trials.begin(nowNanos);
        if (place >= 0) {
          return half.number << PLACE_BITS | place + 1;
        }
        if (place == Trials.NONE_LEFT) {
          return REFUSED;
        }
        reopen(half, nowNanos);
      }
      seen = phase.get();
    }
  }

  private void openIfBad(Closed closed, long nowNanos) {
    Tally tally = closed.window.tally(nowNanos);
    BreakerReport trip = judge(tally);
    if (trip != null) {
      open(closed, trip, 0, nowNanos);
    }
  }

  /** Why it must open, or null. Failures first: they are the clearer reason. */
  private @Nullable BreakerReport judge(Tally tally) {
    long calls = tally.calls();
    if (calls < rule.minimumCalls()) {
      return null;
    }
    if (100.0 * tally.failures() >= rule.failurePercent() * calls) {
      return BreakerReport.of(
          State.OPEN, Cause.FAILURES, rule.failurePercent(), tally.failures(), calls);
    }
    if (100.0 * tally.slow() >= rule.slowPercent() * calls) {
      return BreakerReport.of(
          State.OPEN, Cause.SLOW_CALLS, rule.slowPercent(), tally.slow(), calls);
    }
    return null;
  }

  private void halfOpen(Open open) {
    Trials trials = new Trials(rule.halfOpenCalls(), TRIAL_PATIENCE.toNanos());
    change(
        open,
        new HalfOpen(open.number + 1, open.trip, open.failures, trials),
        open.trip.as(State.HALF_OPEN, 0));
  }

  private void endTrial(HalfOpen half, int place, Outcome outcome, boolean slow, long nowNanos) {
    if (outcome.isFailure() || (outcome.isAnswer() && slow)) {
      reopen(half, nowNanos);
    } else if (!outcome.isAnswer()) {
      half.trials.release(place);
    } else if (half.trials.pass(place)) {
      Closed closed = new Closed(half.number + 1, new CallWindow(windowNanos, nowNanos));
      change(half, closed, BreakerReport.of(State.CLOSED, null, rule.failurePercent(), 0, 0));
    }
  }

  private void reopen(HalfOpen half, long nowNanos) {
    int failures = half.failures + 1;
    // One bad trial is enough.
    BreakerReport trip =
        BreakerReport.of(
            State.OPEN, Cause.TRIAL, 100.0 / rule.halfOpenCalls(), 1, rule.halfOpenCalls());
    open(half, trip, failures, nowNanos);
  }

  private void open(Phase before, BreakerReport trip, int failures, long nowNanos) {
    long wait = wait(failures);
    change(
        before,
        new Open(before.number() + 1, trip, failures, nowNanos + wait),
        trip.as(State.OPEN, wait));
  }

  /** One of those who want the same change makes it. */
  private void change(Phase before, Phase after, BreakerReport report) {
    if (phase.compareAndSet(before, after)) {
      listener.changed(this, report);
    }
  }

  private long wait(int failures) {
    long longest = rule.maxSleep().toNanos();
    long wait = rule.sleep().toNanos();
    for (int i = 0; i < failures && wait < longest; i++) {
      wait *= 2;
    }
    double jitter = JITTER * (2 * random.getAsDouble() - 1);
    return (long) (Math.min(wait, longest) * (1 + jitter));
  }
}
