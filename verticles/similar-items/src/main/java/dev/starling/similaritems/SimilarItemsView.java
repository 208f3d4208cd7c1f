package dev.starling.similaritems;

import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import jakarta.validation.constraints.NotNull;
import java.util.List;

/**
 * Products that are like another one, the nearest first.
 *
 * @param partial whether some of the products could not be looked at
 */
record SimilarItemsView(@NotNull List<ItemView> items, @NotNull boolean partial) {
  private static final double DIGITS = 1e4;

  /**
   * @param score how near the names are in meaning: a cosine, at most 1
   */
  record ItemView(
      @NotNull String sku, @NotNull String name, @NotNull PriceView price, @NotNull double score) {}

  /**
   * @param amount in the currency's minor unit
   */
  record PriceView(@NotNull long amount, @NotNull String currency) {
    static PriceView of(Money money) {
      return new PriceView(money.amount(), money.currency());
    }
  }

  /**
   * @param sku of the product itself, which is left out
   */
  static SimilarItemsView of(Matches found, String sku, int limit) {
    return new SimilarItemsView(
        found.matches().stream()
            .filter(match -> !match.id().equals(sku))
            .limit(limit)
            .map(SimilarItemsView::item)
            .toList(),
        found.partial());
  }

  private static ItemView item(Match match) {
    ProductPoint product = ProductPoint.read(match.attributes());
    return new ItemView(
        product.sku(),
        product.name(),
        PriceView.of(product.money()),
        Math.rint(match.score() * DIGITS) / DIGITS);
  }
}
