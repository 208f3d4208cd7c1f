package dev.starling.notifications;

import java.time.Instant;
import java.util.UUID;

/**
 * What a user is told. Immutable.
 *
 * @param id of the event that it tells of
 * @param kind {@code order-placed} or {@code order-cancelled}
 * @param createdAt when what it tells of happened
 */
record Notification(
    UUID id, UUID userId, String kind, String subject, String text, Instant createdAt) {}
