package dev.starling.postgres.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and is to be told, or a job that is to be done.
 *
 * <p>Immutable. A value that cannot be used gives an {@link IllegalArgumentException}.
 *
 * @param id new for each event; of version 7, so that what consumers remember of it can be emptied
 *     with the day
 * @param source e.g. {@code /starling/orders}
 * @param type e.g. {@code dev.starling.order.placed}
 * @param subject whom or what it happened to, e.g. an order's id
 * @param aggregate events with the same one are delivered in the order of their transactions, e.g.
 *     {@code order/<id>}
 * @param owner the user whose shard it is written to
 * @param time when it happened
 * @param traceparent of the request that caused it; empty for none
 * @param data JSON, at most {@value #MAX_DATA_BYTES} bytes
 * @param consumer the only one who gets it, as a job does; null for all who subscribed to the type
 * @param notBefore when it may be delivered first, by the database's clock; null for at once. Later
 *     events of its aggregate wait for it
 */
public record OutboxEvent(
    UUID id,
    String source,
    String type,
    String subject,
    String aggregate,
    UUID owner,
    Instant time,
    String traceparent,
    String data,
    @Nullable String consumer,
    @Nullable Instant notBefore) {
  /** Well below what the bus carries in one message, together with the rest of the event. */
  public static final int MAX_DATA_BYTES = 256 * 1024;

  public OutboxEvent {
    int bytes = data.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_DATA_BYTES) {
      throw new IllegalArgumentException(
          "data: %d bytes (expected: at most %d)".formatted(bytes, MAX_DATA_BYTES));
    }
    if (consumer != null) {
      Subscriptions.checkName(consumer);
    }
  }

  /** For everybody who has subscribed to the type, at once. */
  public OutboxEvent(
      UUID id,
      String source,
      String type,
      String subject,
      String aggregate,
      UUID owner,
      Instant time,
      String traceparent,
      String data) {
    this(
        id,
        source,
        type,
        subject,
        aggregate,
        owner,
        time,
        traceparent,
        data,
        null,
        /* notBefore= */ null);
  }

  /** The same for one consumer alone, whether it has subscribed or not. */
  public OutboxEvent withConsumer(String only) {
    return new OutboxEvent(
        id, source, type, subject, aggregate, owner, time, traceparent, data, only, notBefore);
  }

  /** The same, to be delivered later. */
  public OutboxEvent withNotBefore(Instant later) {
    return new OutboxEvent(
        id, source, type, subject, aggregate, owner, time, traceparent, data, consumer, later);
  }
}
