package dev.starling.vectors.index;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The nearest points of those that were offered. Confined to one search. */
public final class Best {
  /** Of two with one score the lower id is the better, so that every search says the same. */
  private static final Comparator<Hit> WORST_FIRST =
      Comparator.comparingDouble(Hit::score)
          .thenComparing(hit -> hit.point().id(), Comparator.reverseOrder());

  private final int k;
  private final PriorityQueue<Hit> hits;

  public Best(int k) {
    this.k = k;
    this.hits = new PriorityQueue<>(Math.min(k, 1024) + 1, WORST_FIRST);
  }

  /** A point that was found. */
  public record Hit(float score, IndexedPoint point) {}

  /** What a score must not be below to count. */
  float worst() {
    Hit worst = hits.size() < k ? null : hits.peek();
    return worst == null ? Float.NEGATIVE_INFINITY : worst.score();
  }

  void offer(float score, IndexedPoint point) {
    if (score < worst()) {
      return;
    }
    hits.add(new Hit(score, point));
    if (hits.size() > k) {
      hits.remove();
    }
  }

  /** The best first. */
  public List<Hit> hits() {
    List<Hit> sorted = new ArrayList<>(hits);
    sorted.sort(WORST_FIRST.reversed());
    return sorted;
  }
}
