package dev.starling.notifications;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.postgres.outbox.EventRefused;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import java.util.UUID;

/** Puts events into words. Without state. */
final class Wording {
  private Wording() {}

  /**
   * @throws EventRefused when the order is none that can be told of
   */
  static Notification of(Event event, Order order) {
    boolean placed = event.type().equals(OrderEvents.PLACED);
    String what = placed ? "confirmed" : "cancelled";
    return new Notification(
        UUID.fromString(event.id()),
        order.userId(),
        placed ? "order-placed" : "order-cancelled",
        "Your order is " + what,
        "Your order %s over %s is %s.".formatted(order.orderId(), amount(order.total()), what),
        Instant.parse(event.time()));
  }

  /** E.g. {@code 19.99 EUR}. */
  private static String amount(Money money) {
    int digits;
    try {
      digits = Currency.getInstance(money.currency()).getDefaultFractionDigits();
    } catch (IllegalArgumentException e) {
      throw new EventRefused(
          "total.currency: " + money.currency() + " (expected: a currency of ISO 4217)");
    }
    return BigDecimal.valueOf(money.amount(), Math.max(0, digits)).toPlainString()
        + " "
        + money.currency();
  }
}
