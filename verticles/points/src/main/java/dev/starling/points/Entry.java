package dev.starling.points;

import java.time.Instant;
import java.util.UUID;

/**
 * A line of the ledger.
 *
 * @param event that it was booked for
 * @param kind {@code order-placed} or {@code order-cancelled}
 * @param points negative when they were taken back
 * @param createdAt when it happened
 */
record Entry(UUID event, UUID orderId, String kind, long points, Instant createdAt) {}
