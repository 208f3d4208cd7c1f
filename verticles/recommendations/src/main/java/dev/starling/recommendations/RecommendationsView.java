package dev.starling.recommendations;

import jakarta.validation.constraints.NotNull;
import java.util.List;

/**
 * What clients are recommended, the best first.
 *
 * @param partial whether some of the data could not be reached, so that scores are too low and
 *     articles may be missing
 */
record RecommendationsView(@NotNull List<ItemView> items, @NotNull boolean partial) {

  /**
   * @param score in how many orders it was together with something that the user bought
   */
  record ItemView(@NotNull String sku, @NotNull long score) {}

  static RecommendationsView of(Recommended found, int limit) {
    return new RecommendationsView(
        found.items().stream()
            .limit(limit)
            .map(item -> new ItemView(item.sku(), item.score()))
            .toList(),
        found.partial());
  }
}
