package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which database holds which shard, as it was read once. Immutable.
 *
 * @param places one for each shard, by number
 */
public record Placement(List<Place> places) {

  /**
   * @param database its name
   * @param epoch how often the shard was placed; it grows with each move
   */
  public record Place(String database, long epoch) {}

  public Placement {
    places = List.copyOf(places);
    if (places.size() != Shards.COUNT) {
      throw new IllegalArgumentException(
          "places: " + places.size() + " (expected: " + Shards.COUNT + ")");
    }
  }

  public Place of(int shard) {
    return places.get(shard);
  }

  /** Fails when a database that holds shards is none of these. */
  Future<Placement> checked(Set<String> databases) {
    for (Map.Entry<String, List<Integer>> held : byDatabase().entrySet()) {
      if (!databases.contains(held.getKey())) {
        return Future.failedFuture(
            new PostgresException(
                "shards.databases: %s is missing, which holds shards %s (expected: an entry with its uri)"
                    .formatted(held.getKey(), held.getValue())));
      }
    }
    return Future.succeededFuture(this);
  }

  /** The shards that a database holds, in order. */
  public List<Integer> in(String database) {
    return byDatabase().getOrDefault(database, List.of());
  }

  /**
   * The shards of each database, in order, and the databases in the order of their first shards;
   * those without a shard do not occur.
   */
  public Map<String, List<Integer>> byDatabase() {
    Map<String, List<Integer>> shards = new LinkedHashMap<>();
    for (int shard = 0; shard < places.size(); shard++) {
      shards.computeIfAbsent(of(shard).database(), name -> new ArrayList<>()).add(shard);
    }
    return shards;
  }
}
