package dev.starling.recommendations;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up what the databases found and puts it in order: the most first, the same score by name.
 * Confined to one call.
 */
final class Ranking {
  private final Map<String, Long> scores = new HashMap<>();

  /**
   * An article and how well it goes with what somebody has.
   *
   * @param score in how many orders it was together with one of theirs, added up over theirs
   */
  record Item(String sku, long score) {}

  void add(String sku, long score) {
    scores.merge(sku, score, Long::sum);
  }

  List<Item> best(int limit) {
    return scores.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .map(entry -> new Item(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Item::score).reversed().thenComparing(Item::sku))
        .limit(limit)
        .toList();
  }
}
