package dev.starling.policy.guards;

import dev.starling.contract.decision.Decision;

/** A dependency was not called, by policy; it has no stack trace. */
public final class GuardRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Decision decision;

  GuardRefusal(String dependency, Decision decision) {
    super(
        "%s refused by %s (decision %s)"
            .formatted(dependency, decision.refusal().rule(), decision.id()),
        null,
        false,
        false);
    this.decision = decision;
  }

  public Decision decision() {
    return decision;
  }
}
