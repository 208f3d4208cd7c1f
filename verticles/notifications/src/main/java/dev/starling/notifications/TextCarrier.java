package dev.starling.notifications;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.sdk.Json;
import dev.starling.webhook.Delivery;
import dev.starling.webhook.Outcome;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;

/**
 * Hands notifications to a web-hook, which knows people's telephone numbers and sends text
 * messages. Thread-safe.
 */
final class TextCarrier implements Carrier {
  private final WebhookSender sender;
  private final String url;

  /** The body, as Standard Webhooks has it. */
  record Body(String type, Instant timestamp, Text data) {}

  record Text(UUID notificationId, UUID userId, String kind, String text) {}

  TextCarrier(WebhookSender sender, String url) {
    this.sender = sender;
    this.url = url;
  }

  @Override
  public Future<Settled> send(Notification notification, String requestId, CallContext context) {
    Body body =
        new Body(
            Request.TYPE,
            notification.createdAt(),
            new Text(
                notification.id(),
                notification.userId(),
                notification.kind(),
                notification.text()));
    Delivery delivery = new Delivery(requestId, url, new String(Json.toBytes(body), UTF_8));
    return sender
        .send(delivery, context.remaining(System.nanoTime()))
        .compose(TextCarrier::settled);
  }

  private static Future<Settled> settled(Outcome outcome) {
    if (outcome instanceof Outcome.Later later) {
      return Dispatch.later(later.reason());
    }
    return outcome instanceof Outcome.Never never
        ? Dispatch.never(never.reason())
        : Future.succeededFuture(Settled.DONE);
  }
}
