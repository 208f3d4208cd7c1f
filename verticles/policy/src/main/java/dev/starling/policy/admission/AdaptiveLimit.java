package dev.starling.policy.admission;

import dev.starling.policy.rule.ConcurrencyRule;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls may be in flight, found out from how long they take: while that stays near what it
 * is without load, the limit grows; when it rises, calls have begun to queue, and the limit falls.
 *
 * <p>Threading: any thread may note; the one that ends a window works out the next limit, which
 * takes about a microsecond four times a second, and others go on meanwhile. Time is passed in, as
 * {@link System#nanoTime()} counts it.
 *
 * <p>Source: Gradient2 of Netflix's concurrency-limits 0.5.4; docs/adr/0019 says what differs.
 */
final class AdaptiveLimit {
  /*
   * Every window:  g = clamp(TOLERANCE · long / short, 0.5, 1)
   *                L ← (1 − SMOOTHING) · L + SMOOTHING · (g · L + QUEUE)
   *
   * short is the window's median, long an average of such medians over 600 windows (150 s). If long
   * followed whatever it sees, it would learn an overload as the normal state, and the limit would
   * rise with it. So it follows downwards always, upwards only from windows in which calls took
   * about as long as usual and nobody was refused.
   *
   * The way out, for a service that has become slower for good: when long has learned nothing for 10
   * s, it is measured. For two windows there are half as many calls; those of the second one queued
   * half as much. If they still take as long, that is what they take. Where there are few calls
   * anyway, the window that has just passed is as good.
   */
  private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();
  private static final int MIN_SAMPLES = 20;
  private static final double SMOOTHING = 0.2;
  private static final double TOLERANCE = 1.5;
  private static final double QUEUE = 4;
  private static final int LONG_WINDOWS = 600;
  private static final int WARM_UP_WINDOWS = 10;
  private static final long UNLEARNED_NANOS = Duration.ofSeconds(10).toNanos();

  private static final double ON_TIMEOUTS = 0.9;

  /** One call in so many may time out for reasons of its own. */
  private static final int STRAY = 20;

  private final ConcurrencyRule rule;
  private final RttHistogram rtts = new RttHistogram();
  private final AtomicInteger timeouts = new AtomicInteger();
  private final AtomicBoolean turning = new AtomicBoolean();
  private volatile int peak;
  private volatile boolean refusing;
  private volatile long endNanos;
  private volatile double limit;

  // Of the thread that turns the window, handed on by `turning`.
  private double longRtt;
  private int learned;
  private long learnedNanos;
  private Measuring measuring = Measuring.NO;
  private double limitBefore;

  private enum Measuring {
    NO,
    /** What was in flight before the limit was halved must go first. */
    SETTLING,
    MEASURING
  }

  AdaptiveLimit(ConcurrencyRule rule, long nowNanos) {
    this.rule = rule;
    this.limit = rule.initial();
    this.endNanos = nowNanos + WINDOW_NANOS;
    this.learnedNanos = nowNanos;
  }

  double limit() {
    return limit;
  }

  /**
   * What a call takes without load, as far as it is known; 0 before anything is. For the thread
   * that noted last.
   */
  double unloadedNanos() {
    return longRtt;
  }

  /**
   * @param inFlight how many calls there were, this one included
   */
  void answered(long rttNanos, int inFlight, long nowNanos) {
    if (rule.adaptive()) {
      rtts.add(rttNanos);
      ended(inFlight, nowNanos);
    }
  }

  void timedOut(int inFlight, long nowNanos) {
    if (rule.adaptive()) {
      timeouts.incrementAndGet();
      ended(inFlight, nowNanos);
    }
  }

  /** Notes that somebody was refused for the limit's sake. */
  void refused() {
    if (!refusing) {
      refusing = true;
    }
  }

  private void ended(int inFlight, long nowNanos) {
    // Two threads may overwrite each other: a window has many calls.
    if (inFlight > peak) {
      peak = inFlight;
    }
    if (nowNanos - endNanos >= 0 && turning.compareAndSet(false, true)) {
      try {
        turn(nowNanos);
      } finally {
        turning.set(false);
      }
    }
  }

  private void turn(long nowNanos) {
    int answers = rtts.count();
    int late = timeouts.get();
    if (nowNanos - endNanos < 0 || answers + late < MIN_SAMPLES) {
      return;
    }
    if (late * STRAY >= answers + late) {
      rtts.clear();
      measuring = Measuring.NO;
      limit = within(ON_TIMEOUTS * limit);
    } else {
      limit = within(next(rtts.drainMedian(), nowNanos));
    }
    timeouts.addAndGet(-late);
    peak = 0;
    refusing = false;
    endNanos = nowNanos + WINDOW_NANOS;
  }

  private double next(double shortRtt, long nowNanos) {
    double now = limit;
    if (measuring == Measuring.SETTLING) {
      measuring = Measuring.MEASURING;
      return now;
    }
    if (measuring == Measuring.MEASURING) {
      measuring = Measuring.NO;
      relearn(shortRtt, nowNanos);
      return limitBefore;
    }
    boolean usual = TOLERANCE * longRtt >= shortRtt;
    if (learned == 0 || shortRtt <= longRtt || (usual && !refusing)) {
      learn(shortRtt, nowNanos);
    } else if (nowNanos - learnedNanos >= UNLEARNED_NANOS) {
      if (peak >= now / 2 && now > rule.min()) {
        measuring = Measuring.SETTLING;
        limitBefore = now;
        return now / 2;
      }
      relearn(shortRtt, nowNanos);
    }
    if (peak < now / 2) {
      return now; // the limit limits nobody: nothing can be learned about it
    }
    double gradient = Math.max(0.5, Math.min(1, TOLERANCE * longRtt / shortRtt));
    return (1 - SMOOTHING) * now + SMOOTHING * (gradient * now + QUEUE);
  }

  /** An average of the first few windows, then one in which older windows count less and less. */
  private void learn(double shortRtt, long nowNanos) {
    learned = Math.min(learned + 1, LONG_WINDOWS);
    double weight = learned <= WARM_UP_WINDOWS ? 1.0 / learned : 2.0 / (LONG_WINDOWS + 1);
    longRtt += weight * (shortRtt - longRtt);
    if (longRtt > 2 * shortRtt) {
      longRtt *= 0.9; // an overload that was learned is forgotten sooner
    }
    learnedNanos = nowNanos;
  }

  private void relearn(double shortRtt, long nowNanos) {
    longRtt = shortRtt;
    learned = LONG_WINDOWS;
    learnedNanos = nowNanos;
  }

  private double within(double wanted) {
    return Math.max(rule.min(), Math.min(rule.max(), wanted));
  }
}
