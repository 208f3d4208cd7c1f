package dev.starling.policy;

import dev.starling.policy.rule.Named;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private volatile Map<String, Guarded<R, G>> guards = Map.of();

  private record Guarded<R, G>(R rule, G guard) {}

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
  public synchronized List<G> apply(List<R> rules) {
    Map<String, Guarded<R, G>> before = guards;
    Map<String, Guarded<R, G>> after = new LinkedHashMap<>();
    for (R rule : rules) {
      Guarded<R, G> known = before.get(rule.name());
      after.put(
          rule.name(),
          known != null && known.rule.equals(rule) ? known : new Guarded<>(rule, make.apply(rule)));
    }
    List<G> gone = new ArrayList<>();
    before.forEach(
        (name, known) -> {
          if (after.get(name) != known) {
            gone.add(known.guard);
          }
        });
    guards = after; // never changed after this
    return gone;
  }

  /** The guard of the rule of this name; null when there is no such rule. */
  public @Nullable G get(String name) {
    Guarded<R, G> found = guards.get(name);
    return found == null ? null : found.guard;
  }

  /** All guards in force, in the order of the file. */
  public Collection<G> all() {
    return guards.values().stream().map(Guarded::guard).toList();
  }
}
