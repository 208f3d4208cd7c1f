package dev.starling.risk;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * What an event tells, or why it is of no use. Immutable.
 *
 * @param place of the event in its batch
 */
sealed interface Told {
  int place();

  record Placed(int place, PlacedOrder order) implements Told {}

  /**
   * @param order its time is when it was cancelled
   */
  record Cancelled(int place, PlacedOrder order) implements Told {}

  /** Of a type that was not subscribed to. */
  record Irrelevant(int place) implements Told {}

  record Unusable(int place, String reason) implements Told {}

  /**
   * @param shard that the event came from
   */
  static Told of(Event event, int place, int shard) {
    boolean placed = event.type().equals(OrderEvents.PLACED);
    if (!placed && !event.type().equals(OrderEvents.CANCELLED)) {
      return new Irrelevant(place);
    }
    try {
      Order data = EventData.read(event, shard, Order.class, Order::userId);
      PlacedOrder order = PlacedOrder.of(data, Instant.parse(event.time()));
      return placed ? new Placed(place, order) : new Cancelled(place, order);
    } catch (EventRefused refused) {
      return new Unusable(place, String.valueOf(refused.getMessage()));
    } catch (DateTimeException e) {
      return new Unusable(place, "time: " + event.time() + " (expected: RFC 3339)");
    }
  }
}
