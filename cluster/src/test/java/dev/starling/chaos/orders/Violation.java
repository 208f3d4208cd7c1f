package dev.starling.chaos.orders;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A place where an invariant does not hold.
 *
 * @param subject the key, order or article
 * @param operations that are involved, in the order of their calls; empty when nobody called
 */
record Violation(Invariant invariant, String subject, String what, List<Operation> operations) {
  Violation {
    operations = List.copyOf(operations);
  }

  /** For whoever has to find out why. */
  String describe() {
    return "%s: %s: %s%s"
        .formatted(
            invariant.text(),
            subject,
            what,
            operations.stream()
                .map(
                    operation ->
                        "%n      %.3f..%s s, client %d: %s -> %s"
                            .formatted(
                                operation.invokedNanos() / 1e9,
                                operation.endedNanos() == Operation.NEVER
                                    ? ""
                                    : "%.3f".formatted(operation.endedNanos() / 1e9),
                                operation.process(),
                                operation.call(),
                                operation.outcome()))
                .collect(Collectors.joining()));
  }
}
