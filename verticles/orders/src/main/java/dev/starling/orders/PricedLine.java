package dev.starling.orders;

import jakarta.validation.constraints.NotNull;

/**
 * A line of an order as it was bought. Immutable.
 *
 * @param price of one
 */
record PricedLine(@NotNull String sku, int quantity, @NotNull Money price) {}
