package dev.starling.recommendations;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * How many recommendations.
 *
 * @param limit 10 unless given
 */
record RecommendationsQuery(@Min(1) @Max(Recommended.MAX_ITEMS) Integer limit) {
  private static final int DEFAULT_LIMIT = 10;

  RecommendationsQuery {
    limit = limit == null ? DEFAULT_LIMIT : limit;
  }
}
