package dev.starling.chaos.orders;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;

/**
 * What the databases hold when everything has come to rest. Immutable.
 *
 * @param events of the outbox, those already delivered too
 * @param effects what consumers have made of events
 * @param purchases the same of all orders of a user together; empty when nobody counts them
 */
record Evidence(
    List<OrderRow> orders,
    List<EventRow> events,
    List<EffectRow> effects,
    List<PurchaseRow> purchases,
    List<StockRow> stock) {
  /** The event of an order that was placed. */
  static final String PLACED = "dev.starling.order.placed";

  /** The event of an order that was cancelled. */
  static final String ORDER_CANCELLED = "dev.starling.order.cancelled";

  Evidence {
    orders = List.copyOf(orders);
    events = List.copyOf(events);
    effects = List.copyOf(effects);
    purchases = List.copyOf(purchases);
    stock = List.copyOf(stock);
  }

  record OrderRow(String id, String user, String key, Map<String, Integer> lines, String status) {
    OrderRow {
      lines = Map.copyOf(lines);
    }

    @JsonIgnore
    boolean isCancelled() {
      return status.equals(Outcome.CANCELLED);
    }

    /** The types of the events that it has had. */
    List<String> events() {
      return isCancelled() ? List.of(PLACED, ORDER_CANCELLED) : List.of(PLACED);
    }
  }

  /**
   * @param order whom it tells of
   * @param sequence grows within the order's events
   */
  record EventRow(String type, String order, long sequence) {}

  /**
   * @param effect e.g. {@code points}
   * @param cause the type of the event that it is the effect of
   * @param sequence grows in the order in which the consumer acted on the events of an order
   */
  record EffectRow(String effect, String order, String cause, long sequence) {}

  /**
   * @param orders of the user that hold and contain the article
   */
  record PurchaseRow(String user, String sku, long orders) {}

  /**
   * @param quantity in all places together, and under way between them
   * @param lowest in any one place
   */
  record StockRow(String sku, long quantity, long lowest) {}
}
