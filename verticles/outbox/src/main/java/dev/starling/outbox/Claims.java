package dev.starling.outbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which instance of a node stands for which range, so that two of a node do not both do what the
 * node is the owner of. Thread-safe; shared by the instances of a node.
 */
final class Claims {
  private final Map<String, Object> holders = new ConcurrentHashMap<>();

  /** Whether the range is the instance's, now or before. */
  boolean take(String database, int range, Object instance) {
    return holders.putIfAbsent(key(database, range), instance) == null
        || holders.get(key(database, range)) == instance;
  }

  void giveBack(String database, int range, Object instance) {
    holders.remove(key(database, range), instance);
  }

  private static String key(String database, int range) {
    return database + "/" + range;
  }
}
