package dev.starling.policy.degradation;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.DegradationRule;

/**
 * A rule that is in force.
 *
 * @param step which of the rule's steps it has reached, from 1
 * @param observed the signal when it reached it
 */
public record Lowering(DegradationRule rule, int step, double observed) {
  private static final Priority[] PRIORITIES = Priority.values();

  /** By how many ranks the priority of what the rule matches is lowered. */
  public int ranks() {
    return step * rule.lowerPriorityBy();
  }

  /**
   * What a priority becomes. Operators keep theirs: whoever looks after the node must not be shut
   * out by a rule that matches everything.
   */
  public static Priority lower(Priority priority, int ranks) {
    if (priority == Priority.OPERATIONS) {
      return priority;
    }
    int lowest = Priority.SHEDDABLE.ordinal();
    return ranks <= 0 ? priority : PRIORITIES[Math.min(priority.ordinal() + ranks, lowest)];
  }
}
