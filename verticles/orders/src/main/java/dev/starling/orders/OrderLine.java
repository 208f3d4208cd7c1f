package dev.starling.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** How many of what somebody wants. Immutable. */
record OrderLine(
    @NotNull @Pattern(regexp = Sku.PATTERN, message = Sku.EXPECTATION) String sku,
    @Min(1) @Max(MAX_QUANTITY) int quantity) {
  static final int MAX_QUANTITY = 1_000_000;
}
