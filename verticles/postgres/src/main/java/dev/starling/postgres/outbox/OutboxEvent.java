package dev.starling.postgres.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened and is to be told.
 *
 * <p>Immutable.
 *
 * @param id new for each event
 * @param source e.g. {@code /starling/orders}
 * @param type e.g. {@code dev.starling.order.placed}
 * @param subject whom or what it happened to, e.g. an order's id
 * @param aggregate events with the same one are delivered in the order of their transactions, e.g.
 *     {@code order/<id>}
 * @param owner the user whose shard it is written to
 * @param time when it happened
 * @param traceparent of the request that caused it; empty for none
 * @param data JSON
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
    String data) {}
