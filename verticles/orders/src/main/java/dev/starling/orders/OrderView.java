package dev.starling.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as clients see it.
 *
 * @param cancelledAt left out while it is confirmed
 */
record OrderView(
    @NotNull UUID id,
    @NotNull UUID userId,
    @NotNull Status status,
    @NotNull Money total,
    @NotNull List<PricedLine> lines,
    @NotNull Instant createdAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant cancelledAt) {

  /** As in JSON. */
  @SuppressWarnings("checkstyle:ConstantName")
  enum Status {
    confirmed,
    cancelled
  }

  static OrderView of(Order order) {
    return new OrderView(
        order.id(),
        order.userId(),
        order.cancelledAt() == null ? Status.confirmed : Status.cancelled,
        order.total(),
        order.lines(),
        order.createdAt(),
        order.cancelledAt());
  }
}
