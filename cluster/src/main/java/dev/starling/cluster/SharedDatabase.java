package dev.starling.cluster;

import dev.starling.cluster.routing.HeartbeatExchange.NodeView;
import dev.starling.postgres.Postgres;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes of one cluster must write to one database. */
final class SharedDatabase {
  private SharedDatabase() {}

  /**
   * Compares this node's database with those that its peers announce.
   *
   * @throws StartFailure when they differ: half of the users would be unknown on each side
   */
  static void check(List<NodeView> nodes, @Nullable Postgres own, boolean embedded) {
    if (own == null) {
      return;
    }
    String identity = own.endpoint().identity();
    for (NodeView node : nodes) {
      if (!node.self() && !node.database().isEmpty() && !node.database().equals(identity)) {
        throw new StartFailure(
            embedded
                ? "postgres.uri is not set, and node "
                    + node.nodeId()
                    + " keeps its data in another database (expected: STARLING_POSTGRES_URI with"
                    + " the database that all nodes share, or the same --data-dir on one host)"
                : "postgres.uri names another database than node "
                    + node.nodeId()
                    + " uses (expected: one database for the whole cluster)");
      }
    }
  }
}
