package dev.starling.orders;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as it is stored. Immutable.
 *
 * @param createdAt to the millisecond
 * @param cancelledAt null while it is confirmed
 */
record Order(
    UUID id,
    UUID userId,
    Money total,
    List<PricedLine> lines,
    Instant createdAt,
    @Nullable Instant cancelledAt) {
  Order {
    lines = List.copyOf(lines);
  }

  /** As it was when it was placed. */
  Order asPlaced() {
    return cancelledAt == null ? this : new Order(id, userId, total, lines, createdAt, null);
  }
}
