package dev.starling.recommendations;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The different articles of an order.
 *
 * @param skus sorted, each once, not more than are counted
 * @param at when it was placed or cancelled
 */
record Basket(UUID order, UUID user, List<String> skus, Instant at) {

  /**
   * @param maxSkus that are counted; the same ones of an order when it is placed and when it is
   *     cancelled
   */
  static Basket of(UUID order, UUID user, List<String> skus, Instant at, int maxSkus) {
    return new Basket(order, user, skus.stream().distinct().sorted().limit(maxSkus).toList(), at);
  }
}
