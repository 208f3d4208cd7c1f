package dev.starling.similaritems;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * How many products.
 *
 * @param limit 10 unless given
 */
record SimilarItemsQuery(@Min(1) @Max(50) Integer limit) {
  private static final int DEFAULT_LIMIT = 10;

  SimilarItemsQuery {
    limit = limit == null ? DEFAULT_LIMIT : limit;
  }
}
