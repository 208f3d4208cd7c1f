package dev.starling.cluster.management;

import dev.starling.contract.decision.Decision;
import io.vertx.core.Future;
import java.util.List;

/**
 * What the traffic policy of the cluster's nodes refused. Methods are called on the management
 * port's event loop and do not block it; their futures do not fail because of another node.
 */
public interface DecisionLookup {
  /** The most that one answer lists. */
  int MAX_LISTED = 200;

  /** What became of looking one up. */
  sealed interface Found {
    record Kept(Decision decision) implements Found {}

    /** The node has none of this id, or not any more. */
    record NotKept(String node) implements Found {}

    /** The node is not in the cluster; what it knew went with it. */
    record NodeGone(String node) implements Found {}

    /** The node is in the cluster and does not answer. */
    record NodeSilent(String node) implements Found {}

    /** It is no id of a decision. */
    record NoId() implements Found {}
  }

  /**
   * @param decisions newest first
   * @param silent nodes that were asked and did not answer
   */
  record Listed(List<Decision> decisions, List<String> silent) {
    public Listed {
      decisions = List.copyOf(decisions);
      silent = List.copyOf(silent);
    }
  }

  /** Looks one up on the node that made it. */
  Future<Found> find(String id);

  /**
   * Lists the latest.
   *
   * @param atMillis none older than this, in milliseconds since 1970
   * @param limit no more than so many
   * @param everywhere of all nodes, not just of this one
   */
  Future<Listed> since(long atMillis, int limit, boolean everywhere);
}
