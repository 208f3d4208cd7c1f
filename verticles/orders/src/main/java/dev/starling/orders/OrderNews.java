package dev.starling.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.order.OrderEvents;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/** What orders tell the others: that one was placed, or cancelled. Immutable. */
final class OrderNews {
  static final String SOURCE = "/starling/orders";

  private final Supplier<UUID> ids;

  OrderNews(Supplier<UUID> ids) {
    this.ids = ids;
  }

  /** Its id is the order's: an order is placed once. */
  OutboxEvent placed(Order order, String traceparent) {
    return event(order.id(), OrderEvents.PLACED, order, order.createdAt(), traceparent);
  }

  OutboxEvent cancelled(Order order, Instant at, String traceparent) {
    return event(ids.get(), OrderEvents.CANCELLED, order, at, traceparent);
  }

  private static OutboxEvent event(
      UUID id, String type, Order order, Instant time, String traceparent) {
    return new OutboxEvent(
        id,
        SOURCE,
        type,
        order.id().toString(),
        "order/" + order.id(),
        order.userId(),
        time,
        traceparent,
        new String(Json.toBytes(told(order)), UTF_8));
  }

  private static OrderEvents.Order told(Order order) {
    return new OrderEvents.Order(
        order.id(),
        order.userId(),
        order.lines().stream()
            .map(line -> new OrderEvents.Line(line.sku(), line.quantity(), told(line.price())))
            .toList(),
        told(order.total()));
  }

  private static OrderEvents.Money told(Money money) {
    return new OrderEvents.Money(money.amount(), money.currency());
  }
}
