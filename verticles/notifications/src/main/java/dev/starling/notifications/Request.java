package dev.starling.notifications;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import java.util.UUID;

/**
 * The data of the event that asks for a notification to be sent. It is told to the channel's
 * consumer alone.
 */
record Request(UUID notificationId, UUID userId) {
  static final String TYPE = "dev.starling.notification.requested";
  private static final String SOURCE = "/starling/notifications";

  /** The same each time for one notification and channel. */
  static OutboxEvent event(Notification notification, Channel channel, String traceparent) {
    Request data = new Request(notification.id(), notification.userId());
    return new OutboxEvent(
            id(notification.id(), channel),
            SOURCE,
            TYPE,
            notification.id().toString(),
            "notification/" + notification.id() + "/" + channel.text(),
            notification.userId(),
            notification.createdAt(),
            traceparent,
            new String(Json.toBytes(data), UTF_8))
        .withConsumer(channel.consumer());
  }

  /** Of the same version and time as the notification's, so of the same day. */
  private static UUID id(UUID notification, Channel channel) {
    UUID derived = UUID.nameUUIDFromBytes((notification + "/" + channel.text()).getBytes(UTF_8));
    return new UUID(notification.getMostSignificantBits(), derived.getLeastSignificantBits());
  }
}
