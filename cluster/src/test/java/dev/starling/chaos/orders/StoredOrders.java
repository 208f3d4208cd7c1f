package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Evidence.EventRow;
import dev.starling.chaos.orders.Evidence.OrderRow;
import dev.starling.chaos.orders.HistoryIndex.Key;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the orders and events that are stored with each other and with what clients were told:
 * {@link Invariant#EXACTLY_ONCE}, {@link Invariant#ASKED_FOR}, {@link Invariant#NO_PHANTOM}.
 */
final class StoredOrders {
  private final HistoryIndex history;
  private final List<EventRow> events;
  private final Findings findings;

  /** An event of an order, of which there must be one. */
  private record Told(String order, String type) {}

  StoredOrders(HistoryIndex history, List<EventRow> events, Findings findings) {
    this.history = history;
    this.events = events;
    this.findings = findings;
  }

  void check() {
    history.attempts().forEach(this::acknowledgedIsStored);
    history.cancels().forEach(this::cancelledIsStored);
    history.rows().forEach(this::storedWasAskedFor);
    eventsAreOfOrders();
  }

  private void acknowledgedIsStored(Key key, List<Operation> attempts) {
    List<Operation> told = attempts.stream().filter(Operation::isOk).toList();
    if (told.isEmpty()) {
      return;
    }
    List<OrderRow> rows = history.rows(key);
    findings.examine(
        Invariant.EXACTLY_ONCE,
        rows.size() == 1,
        key.toString(),
        "it was acknowledged, and %d orders are stored (expected: 1)".formatted(rows.size()),
        attempts);
    if (rows.size() == 1) {
      told.forEach(each -> isThatOne(key, each, rows.get(0)));
    }
  }

  private void isThatOne(Key key, Operation told, OrderRow row) {
    boolean sameOrder =
        told.outcome() instanceof Outcome.Placed placed && placed.order().equals(row.id());
    boolean sameLines =
        told.call() instanceof Call.Place place && place.lines().equals(row.lines());
    findings.examine(
        Invariant.EXACTLY_ONCE,
        sameOrder && sameLines,
        key.toString(),
        "it was acknowledged as another order than the one that is stored, " + row,
        List.of(told));
  }

  private void cancelledIsStored(String order, List<Operation> cancels) {
    if (cancels.stream().anyMatch(Operation::isOk)) {
      OrderRow row = history.stored().get(order);
      findings.examine(
          Invariant.EXACTLY_ONCE,
          row != null && row.isCancelled(),
          "order " + order,
          "its cancellation was acknowledged, but it is stored as " + row,
          cancels);
    }
  }

  private void storedWasAskedFor(Key key, List<OrderRow> rows) {
    List<Operation> attempts = history.attempts(key);
    boolean asked = attempts.stream().anyMatch(attempt -> !attempt.isRefused());
    for (OrderRow row : rows) {
      findings.examine(
          Invariant.ASKED_FOR,
          asked,
          key.toString(),
          attempts.isEmpty()
              ? "nobody used this key, but there is " + row
              : "every call was told that nothing was done, but there is " + row,
          attempts);
      if (row.isCancelled()) {
        List<Operation> cancels = history.cancels(row.id());
        findings.examine(
            Invariant.ASKED_FOR,
            cancels.stream().anyMatch(cancel -> !cancel.isRefused()),
            "order " + row.id(),
            "it is cancelled, but nobody asked for that, or was only refused",
            cancels);
      }
    }
  }

  private void eventsAreOfOrders() {
    Map<Told, Integer> told = new LinkedHashMap<>();
    for (EventRow event : events) {
      told.merge(new Told(event.order(), event.type()), 1, Integer::sum);
      OrderRow row = history.stored().get(event.order());
      findings.examine(
          Invariant.NO_PHANTOM,
          row != null && row.events().contains(event.type()),
          "order " + event.order(),
          "there is an event " + event.type() + ", but the order is stored as " + row,
          history.about(event.order()));
    }
    for (OrderRow row : history.stored().values()) {
      for (String type : row.events()) {
        findings.examineOnly(
            row.id(),
            told.get(new Told(row.id(), type)),
            "events " + type,
            history.about(row.id()));
      }
    }
  }
}
