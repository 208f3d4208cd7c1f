package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The schemas that moves have left at the old places of a shard. Blocking. */
public final class MovedShards {
  private MovedShards() {}

  /**
   * Drops them, in every database.
   *
   * @return what was dropped: database and schema
   */
  public static List<String> drop(ShardCluster cluster, int shard) {
    MoveNames names = new MoveNames(shard);
    List<String> dropped = new ArrayList<>();
    try (Session home = cluster.checkedSession(ShardDatabaseConfig.HOME)) {
      // A move that is under way may still need what looks left over.
      MoveTurn.take(home);
      Placement.Place place = cluster.placement(home).of(shard);
      try (Session holder = cluster.checkedSession(place.database())) {
        if (!ShardTables.exists(holder, names.schema())) {
          throw new PostgresException(
              "%s is not in %s (expected: shards move, which brings what was cut off to an end)"
                  .formatted(names.schema(), place.database()));
        }
      }
      for (String name : cluster.names()) {
        try (Session session = cluster.checkedSession(name)) {
          for (String schema :
              session.texts(
                  "SELECT nspname FROM pg_namespace WHERE nspname ~ ?", names.movedPattern())) {
            session.execute("DROP SCHEMA " + schema + " CASCADE");
            dropped.add(schema + " in " + name);
          }
        }
      }
      return dropped;
    } catch (SQLException e) {
      throw new PostgresException("drop-moved " + shard + ": " + e.getMessage(), e);
    }
  }
}
