package dev.starling.postgres.shards;

/**
 * What one service has in every shard, as files that describe it.
 *
 * <p>Immutable.
 *
 * @param service names the history, {@code <shard>.flyway_<service>}
 * @param location {@code classpath:db/<service>}
 * @param classLoader finds the files
 */
record ShardMigration(String service, String location, ClassLoader classLoader) {
  static final String HISTORY_PREFIX = "flyway_";

  ShardMigration {
    if (!service.matches("[a-z][a-z0-9-]{0,30}")) {
      throw new IllegalArgumentException(
          "service: " + service + " (expected: 1..31 of a-z, 0-9 and -, beginning with a letter)");
    }
  }

  /** The table in each shard that says which files were applied. */
  String history() {
    return HISTORY_PREFIX + service.replace('-', '_');
  }
}
