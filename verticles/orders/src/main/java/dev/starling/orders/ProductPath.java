package dev.starling.orders;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** The path's parameter. */
record ProductPath(@NotNull @Pattern(regexp = Sku.PATTERN, message = Sku.EXPECTATION) String sku) {}
