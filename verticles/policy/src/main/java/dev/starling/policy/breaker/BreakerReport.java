package dev.starling.policy.breaker;

import org.jspecify.annotations.Nullable;

/**
 * What a breaker knows at a moment, for metrics and for the explanation of a refusal.
 *
 * @param cause why it opened last; null when it is closed
 * @param thresholdPercent from which percentage of bad calls on it opens
 * @param observedPercent which percentage that was when it opened, or is now if it is closed
 * @param calls how many calls the percentage is of
 * @param remainingNanos how long it will refuse everything; 0 unless it is open
 */
public record BreakerReport(
    State state,
    @Nullable Cause cause,
    double thresholdPercent,
    double observedPercent,
    long calls,
    long remainingNanos) {

  /** Whether calls are let through. */
  public enum State {
    /** All are. */
    CLOSED,
    /** None is. */
    OPEN,
    /** As many as are needed to find out. */
    HALF_OPEN
  }

  /** What opened it. */
  public enum Cause {
    FAILURES,
    SLOW_CALLS,
    /** A trial failed, was slow, or did not come back. */
    TRIAL
  }

  static BreakerReport of(
      State state, @Nullable Cause cause, double threshold, long bad, long calls) {
    return new BreakerReport(
        state, cause, threshold, calls == 0 ? 0 : 100.0 * bad / calls, calls, 0);
  }

  BreakerReport as(State other, long remaining) {
    return new BreakerReport(
        other, cause, thresholdPercent, observedPercent, calls, Math.max(0, remaining));
  }
}
