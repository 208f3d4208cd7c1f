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

  static <T> RuleSet<T> of(List<Compiled<T>> compiled) {
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

  /** Whether one of them holds for every caller. */
  boolean isExhaustive() {
    for (Matcher matcher : callers) {
      if (matcher == null) {
        return true;
      }
    }
    return false;
  }

  private boolean holds(int index, Caller caller) {
    Matcher matcher = callers[index];
    return matcher == null || matcher.fits(caller);
  }
}
