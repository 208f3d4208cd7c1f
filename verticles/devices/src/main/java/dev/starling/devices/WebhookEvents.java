package dev.starling.devices;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.sdk.Json;
import dev.starling.sdk.TimeOrderedIds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/**
 * Makes the events that have a command sent to a device's web-hook. Confined to the context of its
 * instance.
 */
final class WebhookEvents {
  /** Who sends them. */
  static final String CONSUMER = "device-webhooks";

  private static final String TYPE = "dev.starling.device.command.booked";
  private static final String SOURCE = "/starling/devices";

  private final TimeOrderedIds ids;
  private final InstantSource clock;

  /** What they tell: what is sent is looked up when it is, for it may be out of date by then. */
  record Booked(UUID userId, UUID commandId) {}

  WebhookEvents(TimeOrderedIds ids, InstantSource clock) {
    this.ids = ids;
    this.clock = clock;
  }

  /** Has a command sent, from the commit on. */
  OutboxEvent send(UUID user, UUID command) {
    Instant now = clock.instant();
    // An aggregate of its own: a receiver that cannot cope with one command gets the others.
    return new OutboxEvent(
            ids.next(now),
            SOURCE,
            TYPE,
            command.toString(),
            "device-webhook/" + command,
            user,
            now,
            "",
            new String(Json.toBytes(new Booked(user, command)), UTF_8))
        .withConsumer(CONSUMER);
  }
}
