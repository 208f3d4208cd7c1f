package dev.starling.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.order.OrderEvents;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes events of orders as the orders service does, for tests of their consumers. */
public final class TestOrders {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private TestOrders() {}

  /**
   * An order.
   *
   * @param amount of all together, in the currency's minor unit
   * @param skus one line for each
   */
  public record Order(UUID id, UUID user, long amount, String currency, List<String> skus) {

    /** Of a new user. */
    public static Order of(long amount, String currency, String... skus) {
      return by(UUID.randomUUID(), amount, currency, skus);
    }

    public static Order by(UUID user, long amount, String currency, String... skus) {
      return new Order(UUID.randomUUID(), user, amount, currency, List.of(skus));
    }

    /** What happened, as often as it is asked for another event. */
    public Event placed(Instant at) {
      return event(OrderEvents.PLACED, at);
    }

    public Event cancelled(Instant at) {
      return event(OrderEvents.CANCELLED, at);
    }

    private Event event(String type, Instant at) {
      ObjectNode data = Json.MAPPER.createObjectNode();
      data.put("order_id", id.toString()).put("user_id", user.toString());
      ArrayNode lines = data.putArray("lines");
      for (String sku : skus) {
        ObjectNode line = lines.addObject().put("sku", sku).put("name", "a " + sku);
        line.put("quantity", 2).putObject("price").put("amount", amount).put("currency", currency);
      }
      data.putObject("total").put("amount", amount).put("currency", currency);
      data.put("created_at", at.toString());
      return new Event(
          eventId(at).toString(),
          "/starling/orders",
          type,
          id.toString(),
          "order/" + id,
          user.toString(),
          at.toString(),
          "",
          data.toString());
    }
  }

  /** A new id of version 7. */
  public static UUID eventId(Instant at) {
    return new UUID(
        at.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L | NUMBERS.incrementAndGet());
  }

  /** Events of one user, or of users of one shard. */
  public static EventBatch batch(Event... events) {
    return new EventBatch(Shards.of(UUID.fromString(events[0].owner())), List.of(events));
  }

  /** A user other than this one whose data is in the same shard. */
  public static UUID neighbourOf(UUID user) {
    UUID other = UUID.randomUUID();
    while (Shards.of(other) != Shards.of(user)) {
      other = UUID.randomUUID();
    }
    return other;
  }

  /** The same event with other data. */
  public static Event withData(Event event, String data) {
    return new Event(
        event.id(),
        event.source(),
        event.type(),
        event.subject(),
        event.aggregate(),
        event.owner(),
        event.time(),
        event.traceparent(),
        data);
  }
}
