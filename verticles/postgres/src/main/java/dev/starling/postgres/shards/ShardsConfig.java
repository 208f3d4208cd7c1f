package dev.starling.postgres.shards;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The section {@code shards} of a node's configuration: the physical databases besides the home
 * database, and which shards each is given when the cluster starts for the first time.
 *
 * <p>Immutable. Later the table {@code shards.placement} says where a shard is, since shards can be
 * moved while the cluster serves.
 *
 * @param databases empty when the home database holds every shard
 */
public record ShardsConfig(List<ShardDatabaseConfig> databases) {

  public ShardsConfig {
    databases = List.copyOf(databases);
    Set<String> names = new HashSet<>(Set.of(ShardDatabaseConfig.HOME));
    Set<Integer> given = new HashSet<>();
    for (ShardDatabaseConfig database : databases) {
      if (!names.add(database.name()) && !database.isHome()) {
        throw new IllegalArgumentException(
            "databases: two are named " + database.name() + " (expected: a name for each)");
      }
      for (int shard : database.initialShards()) {
        if (!given.add(shard)) {
          throw new IllegalArgumentException(
              "databases: shard " + shard + " is given to two (expected: each to one)");
        }
      }
    }
  }

  /** Every shard in the home database. */
  public static ShardsConfig defaults() {
    return new ShardsConfig(List.of());
  }

  /** The database that is given each shard at first: the home database, unless another one is. */
  List<String> initialPlacement() {
    List<String> placement = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      placement.add(ShardDatabaseConfig.HOME);
    }
    for (ShardDatabaseConfig database : databases) {
      database.initialShards().forEach(shard -> placement.set(shard, database.name()));
    }
    return placement;
  }
}
