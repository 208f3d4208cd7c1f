package dev.starling.policy.guards;

import dev.starling.contract.decision.Decision;
import dev.starling.sdk.CallRefused;

/** A dependency was not called, by policy. */
public final class GuardRefusal extends CallRefused {
  private static final long serialVersionUID = 1L;

  private final transient Decision decision;

  GuardRefusal(String dependency, Decision decision) {
    super(
        "%s refused by %s (decision %s)"
            .formatted(dependency, decision.refusal().rule(), decision.id()));
    this.decision = decision;
  }

  public Decision decision() {
    return decision;
  }
}
