package dev.starling.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the list of orders.
 *
 * @param limit how many, 20 unless given
 * @param cursor the {@code next_cursor} of the answer before; null for the newest
 */
record OrderQuery(@Min(1) @Max(100) Integer limit, @Nullable String cursor) {
  private static final int DEFAULT_LIMIT = 20;

  OrderQuery {
    limit = limit == null ? DEFAULT_LIMIT : limit;
  }
}
