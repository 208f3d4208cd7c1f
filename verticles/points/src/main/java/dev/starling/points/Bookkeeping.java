package dev.starling.points;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.points.Ledger.Booking;
import dev.starling.postgres.outbox.Effect;
import dev.starling.postgres.outbox.EventData;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Books what orders are worth. Thread-safe. */
final class Bookkeeping implements Effect {
  private final PointsRule rule;

  Bookkeeping(PointsRule rule) {
    this.rule = rule;
  }

  @Override
  public Future<Void> apply(SqlConnection connection, int shard, List<Event> events) {
    List<Booking> placed = new ArrayList<>();
    List<Booking> cancelled = new ArrayList<>();
    for (Event event : events) {
      Order order = EventData.read(event, shard, Order.class, Order::userId);
      Booking booking =
          new Booking(
              UUID.fromString(event.id()),
              order.userId(),
              order.orderId(),
              rule.pointsFor(order.total()),
              Instant.parse(event.time()).atOffset(ZoneOffset.UTC));
      (event.type().equals(OrderEvents.PLACED) ? placed : cancelled).add(booking);
    }
    return Ledger.placed(connection, shard, placed)
        .compose(booked -> Ledger.cancelled(connection, shard, cancelled));
  }
}
