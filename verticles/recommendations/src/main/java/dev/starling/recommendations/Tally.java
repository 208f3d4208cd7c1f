package dev.starling.recommendations;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What baskets add to the counts of a shard, added up, so that each row is changed once for all of
 * them. Confined to one call.
 *
 * <p>Rows come in the order of their keys: two transactions lock them in the same order.
 */
final class Tally {
  private final TreeMap<Purchase, Change> purchases = new TreeMap<>();
  private final TreeMap<Pair, Long> pairs = new TreeMap<>();

  record Purchase(UUID user, String sku) implements Comparable<Purchase> {
    @Override
    public int compareTo(Purchase other) {
      int byUser = user.compareTo(other.user);
      return byUser != 0 ? byUser : sku.compareTo(other.sku);
    }
  }

  /** One direction of two articles that were bought together. */
  record Pair(String sku, String other) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair that) {
      int bySku = sku.compareTo(that.sku);
      return bySku != 0 ? bySku : other.compareTo(that.other);
    }
  }

  /**
   * @param orders so many more; negative for fewer
   * @param at the latest of them
   */
  record Change(long orders, Instant at) {
    private Change plus(Change more) {
      return new Change(orders + more.orders, at.isAfter(more.at) ? at : more.at);
    }
  }

  /** Counts baskets, each {@code times}: once, or minus once to take it back. */
  void count(Collection<Basket> baskets, long times) {
    for (Basket basket : baskets) {
      for (String sku : basket.skus()) {
        purchases.merge(
            new Purchase(basket.user(), sku), new Change(times, basket.at()), Change::plus);
        for (String other : basket.skus()) {
          if (!other.equals(sku)) {
            pairs.merge(new Pair(sku, other), times, Long::sum);
          }
        }
      }
    }
    purchases.values().removeIf(change -> change.orders == 0);
    pairs.values().removeIf(orders -> orders == 0);
  }

  Map<Purchase, Change> purchases() {
    return purchases;
  }

  Map<Pair, Long> pairs() {
    return pairs;
  }
}
