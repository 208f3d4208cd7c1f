package dev.starling.notifications;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.order.OrderEvents.Order;
import dev.starling.postgres.outbox.Effect;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes a notification for each event, and requests that it be sent, in one transaction.
 *
 * <p>Thread-safe.
 */
final class Telling implements Effect {
  private final List<Channel> channels;

  /**
   * @param channels that are configured
   */
  Telling(List<Channel> channels) {
    this.channels = List.copyOf(channels);
  }

  @Override
  public Future<Void> apply(SqlConnection connection, int shard, List<Event> events) {
    List<Notification> told = new ArrayList<>();
    Map<UUID, String> traces = new HashMap<>();
    for (Event event : events) {
      Notification notification =
          Wording.of(event, EventData.read(event, shard, Order.class, Order::userId));
      told.add(notification);
      traces.put(notification.id(), event.traceparent());
    }
    return NotificationStore.add(connection, shard, told)
        .compose(
            added ->
                request(
                    connection,
                    shard,
                    told.stream().filter(one -> added.contains(one.id())).toList(),
                    traces));
  }

  private Future<Void> request(
      SqlConnection connection, int shard, List<Notification> told, Map<UUID, String> traces) {
    if (told.isEmpty() || channels.isEmpty()) {
      return Future.succeededFuture();
    }
    List<OutboxEvent> requests = new ArrayList<>();
    for (Notification notification : told) {
      for (Channel channel : channels) {
        requests.add(
            Request.event(notification, channel, traces.getOrDefault(notification.id(), "")));
      }
    }
    return NotificationStore.request(connection, shard, told, channels)
        .compose(noted -> Outbox.append(connection, shard, requests));
  }
}
