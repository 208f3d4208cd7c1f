package dev.starling.chaos.orders;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what checks find. Confined to one thread. */
final class Findings {
  private final Map<Invariant, Long> examined = new EnumMap<>(Invariant.class);
  private final List<Violation> violations = new ArrayList<>();

  /** Notes that there was something to examine; {@code holds} says whether it is as it should. */
  void examine(
      Invariant invariant, boolean holds, String subject, String what, List<Operation> operations) {
    examined.merge(invariant, 1L, Long::sum);
    if (!holds) {
      violations.add(new Violation(invariant, subject, what, operations));
    }
  }

  /** Notes how many there are of what there must be one of, for an order. */
  void examineOnly(String order, @Nullable Integer found, String what, List<Operation> operations) {
    int count = found == null ? 0 : found;
    examine(
        Invariant.EXACTLY_ONCE,
        count == 1,
        "order " + order,
        "it has %d %s (expected: 1)".formatted(count, what),
        operations);
  }

  Verdict verdict() {
    return new Verdict(examined, violations);
  }
}
