package dev.starling.chaos.orders;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a checker found.
 *
 * @param examined how many facts there were to examine for each invariant
 */
record Verdict(Map<Invariant, Long> examined, List<Violation> violations) {
  Verdict {
    examined = Map.copyOf(examined);
    violations = List.copyOf(violations);
  }

  boolean holds() {
    return violations.isEmpty();
  }

  long violationsOf(Invariant invariant) {
    return violations.stream().filter(violation -> violation.invariant() == invariant).count();
  }

  /** Those about which the history says nothing, so that they were not put to the test. */
  List<Invariant> untested() {
    return Stream.of(Invariant.values())
        .filter(invariant -> examined.getOrDefault(invariant, 0L) == 0)
        .toList();
  }
}
