package dev.starling.policy.admission;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.SheddingRule;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Refuses a share of the requests while the event loops are late by what they do themselves.
 *
 * <p>Each second, or each tenth of one with 2,000 requests, if they were late on average, it admits
 * a twentieth less than before, and otherwise a hundredth more; twice as much each second when they
 * are hardly late at all, since then something else made them so. What is too much is taken from
 * what is sheddable first, then from what is normal, and from what is critical last; operations are
 * always admitted.
 *
 * <p>Threading: thread-safe; one object serves all event loops of a node. To ask costs a read, and
 * an addition to a counter that spreads over cache lines; a lag takes a lock for some nanoseconds,
 * 50 times a second and loop. Time and chance are passed in.
 *
 * <p>Source: DAGOR, Zhou et al., Overload Control for Scaling WeChat Microservices, SoCC 2018.
 */
public final class LoopLagGuard {
  /*
   * As in DAGOR, what is controlled is a number of requests, not a share of those that come: when
   * fewer come than may be admitted, nothing is refused any more, without waiting until a share has
   * grown back by hundredths. At a steady rate the two are the same: A ← 0.95 · A, A ← A + 0.01.
   */
  private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int ENOUGH_REQUESTS = 2_000;

  /** What was decided must have had the time to show in the lag. */
  private static final long SHORTEST_NANOS = Duration.ofMillis(100).toNanos();

  /** One long turn (a class is loaded, a method still interpreted) is not an average. */
  private static final int ENOUGH_LAGS = 5;

  private static final double DECREASE = 0.95;
  private static final double INCREASE = 0.01;

  /** Below this part of what is tolerable the loops are as good as idle. */
  private static final double CALM = 0.1;

  /**
   * So many requests make no loop late. Without it, loops that are late while next to nothing comes
   * (a node that starts, a pause of its machine) would bound what comes afterwards by next to
   * nothing.
   */
  private static final double ALWAYS_PER_SECOND = 20;

  private static final double EVERYTHING = Double.POSITIVE_INFINITY;

  private final boolean enabled;
  private final double tolerableNanos;
  private final LongAdder[] arrivals = new LongAdder[Priority.values().length];

  /** The chance of a priority to be refused; replaced as a whole. */
  private volatile double[] refusal = new double[Priority.values().length];

  private volatile boolean refusing;
  private volatile double share = 1;
  private volatile double meanNanos;

  // Guarded by this.
  private long beganNanos;
  private double lagNanos;
  private long lags;
  private double allowedPerSecond = EVERYTHING;
  private double offeredPerSecond;

  public LoopLagGuard(SheddingRule rule, long nowNanos) {
    this.enabled = rule.enabled();
    this.tolerableNanos = rule.loopLag().toNanos();
    this.beganNanos = nowNanos;
    for (int i = 0; i < arrivals.length; i++) {
      arrivals[i] = new LongAdder();
    }
  }

  /**
   * Notes how late a loop made itself; each loop does so every few milliseconds.
   *
   * @param nanos without the time for which other threads kept it from a processor
   */
  public synchronized void lag(long nanos, long nowNanos) {
    lagNanos += nanos;
    lags++;
    long elapsed = nowNanos - beganNanos;
    if (elapsed >= SHORTEST_NANOS && lags >= ENOUGH_LAGS && isBusy()) {
      turn((double) elapsed / SHORTEST_NANOS, nowNanos);
    } else if (elapsed >= LONGEST_NANOS) {
      turn(1, nowNanos);
    }
  }

  /**
   * Whether a request that has just come in is admitted; counts it.
   *
   * @param random decides which ones of a priority are refused when not all of them are
   */
  public boolean admits(Priority priority, RandomGenerator random) {
    arrivals[priority.ordinal()].increment();
    return isSpared(priority, random);
  }

  /** Likewise for one that was admitted and turns out to be worth less; counts it as that. */
  public boolean lower(Priority before, Priority priority, RandomGenerator random) {
    arrivals[before.ordinal()].decrement();
    arrivals[priority.ordinal()].increment();
    return isSpared(priority, random);
  }

  private boolean isSpared(Priority priority, RandomGenerator random) {
    if (!refusing) {
      return true;
    }
    double chance = refusal[priority.ordinal()];
    return chance <= 0 || (chance < 1 && random.nextDouble() >= chance);
  }

  /** Which share of what came in lately may be admitted, 0 to 1. */
  public double share() {
    return share;
  }

  /** How late the loops made themselves on average lately. */
  public double meanLagNanos() {
    return meanNanos;
  }

  /** From which mean lag on it refuses. */
  public double thresholdNanos() {
    return tolerableNanos;
  }

  private boolean isBusy() {
    long requests = 0;
    for (LongAdder arrived : arrivals) {
      requests += arrived.sum();
    }
    return requests >= ENOUGH_REQUESTS;
  }

  /**
   * @param steps by how many steps to admit less or more
   */
  private void turn(double steps, long nowNanos) {
    double seconds = (nowNanos - beganNanos) / 1e9;
    double[] rates = new double[arrivals.length];
    double rate = 0;
    for (int i = 0; i < arrivals.length; i++) {
      // Below 0 when what came in before the last turn was lowered after it.
      rates[i] = Math.max(0, arrivals[i].sumThenReset()) / seconds;
      rate += rates[i];
    }
    meanNanos = lagNanos / lags;
    if (enabled && meanNanos > tolerableNanos) {
      allowedPerSecond =
          Math.max(ALWAYS_PER_SECOND, Math.pow(DECREASE, steps) * Math.min(allowedPerSecond, rate));
      offeredPerSecond = Math.max(offeredPerSecond, rate);
    } else if (allowedPerSecond < EVERYTHING) {
      offeredPerSecond = Math.max(offeredPerSecond, rate);
      if (meanNanos < CALM * tolerableNanos) {
        allowedPerSecond *= Math.pow(2, seconds);
      } else {
        allowedPerSecond += steps * INCREASE * offeredPerSecond;
      }
      if (allowedPerSecond >= offeredPerSecond) {
        allowedPerSecond = EVERYTHING;
        offeredPerSecond = 0;
      }
    }
    beganNanos = nowNanos;
    lagNanos = 0;
    lags = 0;
    share = rate <= allowedPerSecond ? 1 : allowedPerSecond / rate;
    refuse(rates, Math.max(0, rate - allowedPerSecond));
  }

  /** Takes what is too much from the least important first. */
  private void refuse(double[] rates, double excess) {
    double[] chances = new double[rates.length];
    double left = excess;
    for (int i = rates.length - 1; i >= Priority.CRITICAL.ordinal() && left > 0; i--) {
      chances[i] = rates[i] <= left ? 1 : left / rates[i];
      left -= Math.min(rates[i], left);
    }
    refusal = chances;
    refusing = excess > 0;
  }
}
