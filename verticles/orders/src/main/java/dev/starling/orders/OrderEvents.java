package dev.starling.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** What orders tell the others: that one was placed, or cancelled. Immutable. */
final class OrderEvents {
  static final String SOURCE = "/starling/orders";
  static final String PLACED = "dev.starling.order.placed";
  static final String CANCELLED = "dev.starling.order.cancelled";

  private final Supplier<UUID> ids;

  /** The data of both. */
  record Data(UUID orderId, UUID userId, List<PricedLine> lines, Money total) {}

  OrderEvents(Supplier<UUID> ids) {
    this.ids = ids;
  }

  /** Its id is the order's: an order is placed once. */
  OutboxEvent placed(Order order, String traceparent) {
    return event(order.id(), PLACED, order, order.createdAt(), traceparent);
  }

  OutboxEvent cancelled(Order order, Instant at, String traceparent) {
    return event(ids.get(), CANCELLED, order, at, traceparent);
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
        new String(
            Json.toBytes(new Data(order.id(), order.userId(), order.lines(), order.total())),
            UTF_8));
  }
}
