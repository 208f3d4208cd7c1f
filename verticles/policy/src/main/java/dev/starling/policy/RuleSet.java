package dev.starling.policy;

import dev.starling.policy.match.Caller;
import dev.starling.policy.match.Matcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one section that can hold for a route, in the order of the file. Immutable; without
 * a rule that looks at callers, asking it allocates nothing.
 */
public final class RuleSet<T> {
  private final List<T> rules;

  /** For each rule what its caller must fit; null where every caller does. */
  private final @Nullable Matcher[] callers;

  private final boolean dynamic;

  private RuleSet(List<T> rules, @Nullable Matcher[] callers, boolean dynamic) {
    this.rules = rules;
    this.callers = callers;
    this.dynamic = dynamic;
  }

  /** For a section of which the first rule holds: what comes after one for everybody is dropped. */
  static <T> RuleSet<T> first(List<Compiled<T>> compiled) {
    for (int i = 0; i < compiled.size(); i++) {
      if (!compiled.get(i).matcher().isDynamic()) {
        return all(compiled.subList(0, i + 1));
      }
    }
    return all(compiled);
  }

  /** For a section of which all rules hold. */
  static <T> RuleSet<T> all(List<Compiled<T>> compiled) {
    @Nullable Matcher[] callers = new Matcher[compiled.size()];
    boolean dynamic = false;
    for (int i = 0; i < callers.length; i++) {
      Matcher matcher = compiled.get(i).matcher();
      callers[i] = matcher.isDynamic() ? matcher : null;
      dynamic |= matcher.isDynamic();
    }
    return new RuleSet<>(compiled.stream().map(Compiled::rule).toList(), callers, dynamic);
  }

  /** Whether the caller makes a difference. */
  public boolean isDynamic() {
    return dynamic;
  }

  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /** Every rule that some caller could meet. */
  public List<T> possible() {
    return rules;
  }

  /** All rules that hold for a caller. */
  public List<T> all(Caller caller) {
    if (!dynamic) {
      return rules;
    }
    List<T> held = new ArrayList<>(rules.size());
    for (int i = 0; i < callers.length; i++) {
      if (holds(i, caller)) {
        held.add(rules.get(i));
      }
    }
    return held;
  }

  /** The first rule that holds for a caller; null when none does. */
  public @Nullable T first(Caller caller) {
    for (int i = 0; i < callers.length; i++) {
      if (holds(i, caller)) {
        return rules.get(i);
      }
    }
    return null;
  }

  /** Whether the last of them holds for every caller. */
  boolean isExhaustive() {
    return callers.length > 0 && callers[callers.length - 1] == null;
  }

  private boolean holds(int index, Caller caller) {
    Matcher matcher = callers[index];
    return matcher == null || matcher.fits(caller);
  }
}
