package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Evidence.EffectRow;
import dev.starling.chaos.orders.Evidence.EventRow;
import dev.starling.chaos.orders.Evidence.OrderRow;
import dev.starling.chaos.orders.Evidence.PurchaseRow;
import dev.starling.chaos.orders.Evidence.StockRow;
import dev.starling.chaos.orders.Outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A history made by hand, of user {@code ann} who orders article {@code A}, of which there were
 * ten. Moments are in no unit.
 */
final class Story {
  static final String USER = "ann";
  static final String SKU = "A";
  static final long STOCK = 10;

  /** Of what is read without a position. */
  static final long STALENESS = 2;

  static final Expectations EXPECTATIONS =
      new Expectations(
          Map.of(SKU, STOCK),
          Map.of(
              Evidence.PLACED, Set.of("points", "notifications"),
              Evidence.ORDER_CANCELLED, Set.of("points")),
          STALENESS);

  final List<Operation> operations = new ArrayList<>();
  final List<OrderRow> orders = new ArrayList<>();
  final List<EventRow> events = new ArrayList<>();
  final List<EffectRow> effects = new ArrayList<>();
  final List<PurchaseRow> purchases = new ArrayList<>();
  private long left = STOCK;
  private long lowest;
  private long sequence;

  static Call.Place order(String key, int quantity) {
    return new Call.Place(USER, key, Map.of(SKU, quantity));
  }

  /** Shows a position, so that nothing that was acknowledged may be missing. */
  static Call.Read read(String order) {
    return new Call.Read(USER, order, "north.0-1");
  }

  /** Shows none. */
  static Call.Read readStale(String order) {
    return new Call.Read(USER, order, "");
  }

  static Call.Cancel cancel(String order) {
    return new Call.Cancel(USER, order);
  }

  static Outcome placed(String order) {
    return new Outcome.Placed(order, false);
  }

  static Outcome replayed(String order) {
    return new Outcome.Placed(order, true);
  }

  static Outcome refused(Reason reason) {
    return new Outcome.Refused(reason, 400, "");
  }

  static Outcome unknown() {
    return new Outcome.Unknown(504, "");
  }

  Story call(long from, long to, Call call, Outcome outcome) {
    operations.add(new Operation(operations.size() + 1L, 1, call, from, to, outcome));
    return this;
  }

  /** The call is never answered. */
  Story unanswered(long from, Call call) {
    return call(from, Operation.NEVER, call, unknown());
  }

  /** The cluster has stored the order, told of it, and acted on that. */
  Story kept(String order, String key, int quantity) {
    row(order, key, quantity, Outcome.CONFIRMED);
    left -= quantity;
    return told(order, Evidence.PLACED).acted(order, Evidence.PLACED, "points", "notifications");
  }

  /** Likewise, and all of it again for the cancellation. */
  Story keptCancelled(String order, String key, int quantity) {
    row(order, key, quantity, Outcome.CANCELLED);
    return told(order, Evidence.PLACED)
        .acted(order, Evidence.PLACED, "points", "notifications")
        .told(order, Evidence.ORDER_CANCELLED)
        .acted(order, Evidence.ORDER_CANCELLED, "points");
  }

  Story row(String order, String key, int quantity, String status) {
    orders.add(new OrderRow(order, USER, key, Map.of(SKU, quantity), status));
    return this;
  }

  Story told(String order, String type) {
    events.add(new EventRow(type, order, ++sequence));
    return this;
  }

  Story acted(String order, String cause, String... names) {
    for (String effect : names) {
      effects.add(new EffectRow(effect, order, cause, ++sequence));
    }
    return this;
  }

  Story counted(long orders) {
    purchases.add(new PurchaseRow(USER, SKU, orders));
    return this;
  }

  Story left(long quantity) {
    left = quantity;
    return this;
  }

  Story lowest(long quantity) {
    lowest = quantity;
    return this;
  }

  Verdict verdict() {
    return HistoryChecker.check(
        operations,
        new Evidence(orders, events, effects, purchases, List.of(new StockRow(SKU, left, lowest))),
        EXPECTATIONS);
  }
}
