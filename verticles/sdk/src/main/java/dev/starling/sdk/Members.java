package dev.starling.sdk;

import java.util.List;

/**
 * The nodes of the cluster, as this one sees them now.
 *
 * <p>Thread-safe; asking is cheap enough for each call. Nodes may see different members for as long
 * as it takes to notice that one has come or gone: whoever divides work by it must bear that.
 */
public interface Members {

  /** This node's id. */
  String self();

  /**
   * The ids of the nodes that run a service and want calls, in ascending order; this node's among
   * them when it does. The same list until it changes.
   */
  List<String> serving(String service);

  /** A node without others, which runs everything. */
  static Members alone(String nodeId) {
    List<String> ids = List.of(nodeId);
    return new Members() {
      @Override
      public String self() {
        return nodeId;
      }

      @Override
      public List<String> serving(String service) {
        return ids;
      }
    };
  }
}
