package dev.starling.cluster;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.cluster.management.FusionLookup;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.contract.fusion.FusionContract;
import dev.starling.contract.fusion.FusionContract.Explain;
import dev.starling.contract.fusion.FusionContract.Explained;
import dev.starling.contract.fusion.FusionContract.Explanation;
import dev.starling.contract.fusion.FusionContract.NotExplained;
import io.vertx.core.Future;
import java.time.Duration;

/** Asks any node that runs {@code fusion}. Thread-safe. */
final class ClusterFusion implements FusionLookup {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final HeartbeatExchange nodes;

  ClusterFusion(HeartbeatExchange nodes) {
    this.nodes = nodes;
  }

  @Override
  public Future<Found> explain(String user, String source, String id) {
    return nodes
        .call(FusionContract.EXPLAIN, new Explain(user, source, id), LIMIT)
        .map(ClusterFusion::found)
        .otherwise(ClusterFusion::failed);
  }

  private static Found found(Explanation explanation) {
    if (explanation instanceof Explained explained) {
      return new Found.Explained(explained.json());
    }
    return new Found.Absent(
        explanation instanceof NotExplained not ? not.detail() : "there is no such decision");
  }

  private static Found failed(Throwable failure) {
    return failure instanceof BusException known && known.code() == ErrorCode.INVALID_ARGUMENT
        ? new Found.Absent("there is no such user")
        : new Found.Unknown("no node that runs fusion answered; try again");
  }
}
