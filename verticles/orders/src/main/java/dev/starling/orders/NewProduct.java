package dev.starling.orders;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * What is to be sold.
 *
 * @param stock how many there are, all in all
 */
record NewProduct(
    @NotNull @Pattern(regexp = Sku.PATTERN, message = Sku.EXPECTATION) String sku,
    @NotBlank @Size(max = 200) String name,
    @NotNull @Valid Money price,
    @NotNull @Min(0) @Max(MAX_STOCK) Long stock) {
  static final long MAX_STOCK = 1_000_000_000_000L;
}
