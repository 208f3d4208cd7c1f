package dev.starling.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The parts into which the shards are divided among relays: a relay has those of its range that are
 * in its database.
 *
 * <p>The triggers of the outbox know the size too.
 */
final class Ranges {
  static final int SHARDS = 8;

  private Ranges() {}

  static int of(int shard) {
    return shard / SHARDS;
  }

  /** The name of a range as part of a singleton's, e.g. {@code 8-15}. */
  static String name(int range) {
    return range * SHARDS + "-" + (range * SHARDS + SHARDS - 1);
  }

  /** The shards of each range; ranges without one do not occur. */
  static SortedMap<Integer, List<Integer>> divide(List<Integer> shards) {
    SortedMap<Integer, List<Integer>> divided = new TreeMap<>();
    for (int shard : shards) {
      divided.computeIfAbsent(of(shard), range -> new ArrayList<>()).add(shard);
    }
    return divided;
  }
}
