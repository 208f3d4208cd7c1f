package dev.starling.policy.degradation;

import dev.starling.policy.rule.DegradationRule;

/**
 * How far one rule has been put in force.
 *
 * <p>A step up needs the signal beyond the threshold for the whole of {@code hold}, a step down
 * needs it below the other one for as long; whatever interrupts that starts the time afresh. So
 * there is at most one step in each {@code hold}, and a signal that moves about between the two
 * thresholds, or about one of them, changes nothing. Not thread-safe.
 */
final class Hysteresis {
  private final DegradationRule rule;
  private final long holdNanos;
  private int step;
  private Side side = Side.BETWEEN;
  private long sinceNanos;

  private enum Side {
    BEYOND,
    BETWEEN,
    RELIEVED
  }

  Hysteresis(DegradationRule rule) {
    this.rule = rule;
    this.holdNanos = rule.hold().toNanos();
  }

  DegradationRule rule() {
    return rule;
  }

  int step() {
    return step;
  }

  /** True when this changed the step. */
  boolean observe(double value, long nowNanos) {
    Side now = side(value);
    if (now != side) {
      side = now;
      sinceNanos = nowNanos;
    }
    int next = step;
    if (nowNanos - sinceNanos >= holdNanos) {
      next =
          switch (side) {
            case BEYOND -> Math.min(step + 1, rule.steps());
            case RELIEVED -> Math.max(step - 1, 0);
            case BETWEEN -> step;
          };
    }
    if (next == step) {
      return false;
    }
    step = next;
    sinceNanos = nowNanos;
    return true;
  }

  private Side side(double value) {
    if (rule.when().holds(value)) {
      return Side.BEYOND;
    }
    return rule.relief().holds(value) ? Side.RELIEVED : Side.BETWEEN;
  }
}
