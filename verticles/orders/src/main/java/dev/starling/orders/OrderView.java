package dev.starling.orders;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
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

  enum Status {
    @JsonProperty("confirmed")
    CONFIRMED,
    @JsonProperty("cancelled")
    CANCELLED
  }

  static OrderView of(Order order) {
    return new OrderView(
        order.id(),
        order.userId(),
        order.cancelledAt() == null ? Status.CONFIRMED : Status.CANCELLED,
        order.total(),
        order.lines(),
        order.createdAt(),
        order.cancelledAt());
  }
}
