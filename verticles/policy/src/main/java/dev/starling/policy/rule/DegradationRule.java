package dev.starling.policy.rule;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What gives way while a signal is beyond a threshold.
 *
 * @param when it begins: a condition with {@code >}
 * @param until it ends: a condition with {@code <} on the same signal; 0.8 of the threshold of
 *     {@code when} unless given, so that it does not flap
 * @param hold how long a condition must have held for the next step, up or down
 * @param match whose priority is lowered
 * @param lowerPriorityBy by how many ranks in each step
 * @param steps how many times it is lowered while the signal stays beyond
 */
public record DegradationRule(
    String name,
    Condition when,
    @Nullable Condition until,
    Duration hold,
    Match match,
    int lowerPriorityBy,
    int steps)
    implements Named, Matched {
  private static final BigDecimal RELIEF = new BigDecimal("0.8");

  public DegradationRule {
    Expect.name("name", name);
    if (when == null || !when.above()) {
      throw Expect.refusal("when", when, "a condition with >");
    }
    if (until == null) {
      double threshold = BigDecimal.valueOf(when.threshold()).multiply(RELIEF).doubleValue();
      until = new Condition(when.signal(), when.operation(), false, threshold);
    }
    if (until.above() || !until.isOfSameSignal(when)) {
      throw Expect.refusal("until", until, "a condition with < on the signal of when");
    }
    if (until.threshold() > when.threshold()) {
      throw Expect.refusal("until", until, "a threshold of at most that of when");
    }
    Expect.range("hold", hold, Duration.ZERO, Duration.ofMinutes(10));
    Expect.range("lower-priority-by", lowerPriorityBy, 1, 3);
    Expect.range("steps", steps, 1, 3);
  }

  /** The condition that ends it. */
  public Condition relief() {
    return Objects.requireNonNull(until);
  }
}
