package dev.starling.policy.degradation;

import dev.starling.policy.rule.Signal;

/** What the node observed during the last second. */
@FunctionalInterface
public interface Signals {

  /**
   * @param operation whose signal; empty for the whole node's
   * @return the value, 0 when nothing was observed
   */
  double read(Signal signal, String operation);
}
