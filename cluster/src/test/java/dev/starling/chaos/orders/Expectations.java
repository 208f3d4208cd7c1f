package dev.starling.chaos.orders;

import java.util.Map;
import java.util.Set;

/**
 * What a run began with and what the cluster promises. Immutable.
 *
 * @param stock of each article before the first order
 * @param effects which each type of event has, by the names in {@link Evidence.EffectRow}
 */
record Expectations(Map<String, Long> stock, Map<String, Set<String>> effects) {
  Expectations {
    stock = Map.copyOf(stock);
    effects = Map.copyOf(effects);
  }
}
