package dev.starling.policy.degradation;

import dev.starling.policy.rule.DegradationRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which priorities are lowered now, by rules that compare signals of the node with thresholds.
 *
 * <p>Threading: one thread observes; {@link #inForce} may be read by any, and is empty most of the
 * time. Time is passed in, as {@link System#nanoTime()} counts it.
 */
public final class Degradation {
  private final List<Hysteresis> rules;
  private volatile List<Lowering> inForce;

  public Degradation(List<DegradationRule> rules) {
    this(rules.stream().map(Hysteresis::new).toList(), List.of());
  }

  private Degradation(List<Hysteresis> rules, List<Lowering> inForce) {
    this.rules = rules;
    this.inForce = inForce;
  }

  /** The rules of another file; those that were the same before stay in force. */
  public Degradation with(List<DegradationRule> others) {
    Map<DegradationRule, Hysteresis> before = new HashMap<>();
    rules.forEach(rule -> before.put(rule.rule(), rule));
    return new Degradation(
        others.stream()
            .map(rule -> before.getOrDefault(rule, new Hysteresis(rule)))
            .distinct()
            .toList(),
        inForce.stream().filter(lowering -> others.contains(lowering.rule())).toList());
  }

  /**
   * Compares the signals of the last second; called once a second.
   *
   * @return whether anything changed
   */
  public boolean observe(Signals signals, long nowNanos) {
    List<Lowering> now = new ArrayList<>(inForce);
    boolean changed = false;
    for (Hysteresis rule : rules) {
      double value = signals.read(rule.rule().when().signal(), rule.rule().when().operation());
      if (rule.observe(value, nowNanos)) {
        changed = true;
        now.removeIf(lowering -> lowering.rule().equals(rule.rule()));
        if (rule.step() > 0) {
          now.add(new Lowering(rule.rule(), rule.step(), value));
        }
      }
    }
    if (changed) {
      inForce = List.copyOf(now);
    }
    return changed;
  }

  /** The rules in force, in the order in which they came to be. */
  public List<Lowering> inForce() {
    return inForce;
  }
}
