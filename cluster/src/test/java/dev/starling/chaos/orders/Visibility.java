package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Outcome.Browsed;
import dev.starling.chaos.orders.Outcome.Placed;
import dev.starling.chaos.orders.Outcome.Reason;
import dev.starling.chaos.orders.Outcome.Shown;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at what clients saw after they or others had been told of it: {@link Invariant#VISIBLE}.
 */
final class Visibility {
  private final HistoryIndex history;
  private final List<Operation> operations;
  private final long stalenessNanos;
  private final Findings findings;

  /**
   * @param stalenessNanos of an answer to who does not show a position
   */
  Visibility(
      HistoryIndex history, List<Operation> operations, long stalenessNanos, Findings findings) {
    this.history = history;
    this.operations = operations;
    this.stalenessNanos = stalenessNanos;
    this.findings = findings;
  }

  void check() {
    Map<String, List<Operation>> told = new HashMap<>();
    history.acknowledged().values().stream()
        .sorted(Comparator.comparingLong(Operation::endedNanos))
        .forEach(
            placed ->
                told.computeIfAbsent(placed.call().user(), user -> new ArrayList<>()).add(placed));
    for (Operation operation : operations) {
      if (operation.call() instanceof Call.Read read) {
        checkRead(read, operation);
      } else if (operation.call() instanceof Call.Browse browse
          && operation.outcome() instanceof Browsed page) {
        checkPage(browse, page, operation, told.getOrDefault(browse.user(), List.of()));
      }
    }
  }

  private void checkRead(Call.Read read, Operation operation) {
    Operation placed = history.acknowledged().get(read.order());
    long seenUntil = seenUntil(operation, read.after());
    if (placed == null || placed.endedNanos() >= seenUntil) {
      return;
    }
    if (operation.isRefused(Reason.NOT_FOUND)) {
      findings.examine(
          Invariant.VISIBLE,
          false,
          "order " + read.order(),
          "it was acknowledged and not found",
          List.of(placed, operation));
    } else if (operation.outcome() instanceof Shown shown) {
      List<Operation> cancels = history.cancels(read.order());
      boolean must =
          cancels.stream().anyMatch(cancel -> cancel.isOk() && cancel.endedNanos() < seenUntil);
      boolean can =
          cancels.stream()
              .anyMatch(
                  cancel -> !cancel.isRefused() && cancel.invokedNanos() < operation.endedNanos());
      boolean seenCancelled = shown.status().equals(Outcome.CANCELLED);
      findings.examine(
          Invariant.VISIBLE,
          seenCancelled ? can : !must && shown.status().equals(Outcome.CONFIRMED),
          "order " + read.order(),
          "seen as %s (expected: %s)"
              .formatted(shown.status(), must ? Outcome.CANCELLED : Outcome.CONFIRMED),
          concat(history.about(read.order()), operation));
    }
  }

  /** Of the orders acknowledged before, the last ones as many as a page has must be on it. */
  private void checkPage(
      Call.Browse browse, Browsed page, Operation operation, List<Operation> told) {
    Set<String> shown = new HashSet<>(page.orders());
    int next = acknowledgedBefore(told, seenUntil(operation, browse.after()));
    int oldest = Math.max(0, next - browse.limit());
    for (int i = next - 1; i >= oldest; i--) {
      Placed placed = (Placed) told.get(i).outcome();
      if (!page.more() || isNewerThanLast(placed, page.orders())) {
        findings.examine(
            Invariant.VISIBLE,
            shown.contains(placed.order()),
            "order " + placed.order(),
            "it was acknowledged and is not listed",
            List.of(told.get(i), operation));
      }
    }
  }

  /** What ended before that moment must be seen. */
  private long seenUntil(Operation operation, String position) {
    return operation.invokedNanos() - (position.isEmpty() ? stalenessNanos : 0);
  }

  /** Ids are of version 7, so a newer order has a greater one. */
  private static boolean isNewerThanLast(Placed placed, List<String> page) {
    return !page.isEmpty() && page.get(page.size() - 1).compareTo(placed.order()) < 0;
  }

  /** How many of them ended before that moment. */
  private static int acknowledgedBefore(List<Operation> told, long nanos) {
    int low = 0;
    int high = told.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (told.get(middle).endedNanos() < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static List<Operation> concat(List<Operation> some, Operation more) {
    List<Operation> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }
}
