package dev.starling.chaos.orders;

import java.util.Map;
import java.util.Set;

/**
 * What a run began with and what the cluster promises. Immutable.
 *
 * @param stock of each article before the first order
 * @param effects which each type of event has, by the names in {@link Evidence.EffectRow}
 * @param stalenessNanos how old an answer may be to a client that does not show what it has seen
 */
record Expectations(
    Map<String, Long> stock, Map<String, Set<String>> effects, long stalenessNanos) {
  Expectations {
    stock = Map.copyOf(stock);
    effects = Map.copyOf(effects);
  }
}
