package dev.starling.policy.rule;

import dev.starling.bus.Priority;

/** What calls are worth when not all of them can be served, in place of what is declared. */
public record PriorityRule(Match match, Priority priority) implements Matched {
  public PriorityRule {
    if (priority == null) {
      throw Expect.refusal("priority", null, "operations, critical, normal or sheddable");
    }
  }
}
