package dev.starling.recommendations;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.OrderEvents.Line;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.postgres.outbox.Effect;
import dev.starling.postgres.outbox.EventData;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Counts what was bought together. Thread-safe. */
final class Counting implements Effect {
  private final int maxSkusPerOrder;

  Counting(int maxSkusPerOrder) {
    this.maxSkusPerOrder = maxSkusPerOrder;
  }

  @Override
  public Future<Void> apply(SqlConnection connection, int shard, List<Event> events) {
    List<Basket> placed = new ArrayList<>();
    List<Basket> cancelled = new ArrayList<>();
    for (Event event : events) {
      Order order = EventData.read(event, shard, Order.class, Order::userId);
      Basket basket =
          Basket.of(
              order.orderId(),
              order.userId(),
              order.lines().stream().map(Line::sku).toList(),
              Instant.parse(event.time()),
              maxSkusPerOrder);
      (event.type().equals(OrderEvents.PLACED) ? placed : cancelled).add(basket);
    }
    Tally tally = new Tally();
    return Counts.placed(connection, shard, orders(placed))
        .compose(
            counting -> {
              tally.count(of(counting, placed), 1);
              return Counts.cancelled(connection, shard, orders(cancelled));
            })
        .compose(
            counted -> {
              tally.count(of(counted, cancelled), -1);
              return Counts.add(connection, shard, tally);
            });
  }

  private static List<UUID> orders(List<Basket> baskets) {
    return baskets.stream().map(Basket::order).toList();
  }

  private static List<Basket> of(Set<UUID> orders, List<Basket> baskets) {
    return baskets.stream().filter(basket -> orders.contains(basket.order())).toList();
  }
}
