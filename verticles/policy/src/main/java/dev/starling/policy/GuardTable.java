package dev.starling.policy;

import dev.starling.policy.rule.Named;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The guards of a node for the rules of one section, kept from one policy file to the next where
 * the rule is the same: a reload forgets no failures, no calls in flight, and no limit that was
 * found.
 *
 * <p>Threading: thread-safe; to look one up costs reads. One object per section and node, shared by
 * its event loops.
 *
 * @param <R> a rule, a record that is equal to one with the same name and numbers
 * @param <G> what stands guard for it
 */
public final class GuardTable<R extends Named, G> {
  private final Function<R, G> make;
  private Map<String, R> rules = Map.of();
  private volatile Map<String, G> guards = Map.of();

  /**
   * @param make called once for each rule that is new or has changed
   */
  public GuardTable(Function<R, G> make) {
    this.make = make;
  }

  /**
   * Puts the rules of another file into force.
   *
   * @return the guards that no rule needs any more, to be closed; calls that they let in still
   *     leave through them, so callers keep the guard that they entered
   */
  public synchronized List<G> apply(List<R> others) {
    Map<String, G> gone = new LinkedHashMap<>(guards);
    Map<String, R> rulesAfter = new HashMap<>();
    Map<String, G> after = new LinkedHashMap<>();
    for (R rule : others) {
      G known = rule.equals(rules.get(rule.name())) ? gone.remove(rule.name()) : null;
      rulesAfter.put(rule.name(), rule);
      after.put(rule.name(), known == null ? make.apply(rule) : known);
    }
    rules = rulesAfter;
    guards = Collections.unmodifiableMap(after);
    return List.copyOf(gone.values());
  }

  /** The guards in force by the names of their rules, in the order of the file; never changed. */
  public Map<String, G> byName() {
    return guards;
  }
}
