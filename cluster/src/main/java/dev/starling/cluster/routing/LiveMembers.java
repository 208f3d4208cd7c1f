package dev.starling.cluster.routing;

import dev.starling.cluster.routing.HeartbeatExchange.NodeView;
import dev.starling.contract.node.Heartbeat;
import dev.starling.sdk.Members;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which nodes run a service now, by their heartbeats and by what this node makes of them: a node
 * that is suspected, drains or has not proven itself is not among them. At most a heartbeat late.
 *
 * <p>Thread-safe.
 */
public final class LiveMembers implements Members {
  private final String self;
  private final Supplier<List<NodeView>> nodes;
  private final Map<String, Serving> byService = new ConcurrentHashMap<>();

  /**
   * @param view from which {@code ids} were read
   */
  private record Serving(List<NodeView> view, List<String> ids) {}

  /**
   * @param nodes every live node, ordered by id; a new list with each heartbeat of this node
   */
  public LiveMembers(String self, Supplier<List<NodeView>> nodes) {
    this.self = self;
    this.nodes = nodes;
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public List<String> serving(String service) {
    List<NodeView> view = nodes.get();
    Serving known = byService.get(service);
    if (known != null && known.view == view) {
      return known.ids;
    }
    List<String> ids =
        view.stream()
            .filter(node -> wantsCalls(node) && node.runs(service))
            .map(NodeView::nodeId)
            .toList();
    // The same object for as long as it is the same, which callers compare.
    List<String> kept = known != null && known.ids.equals(ids) ? known.ids : ids;
    byService.put(service, new Serving(view, kept));
    return kept;
  }

  private static boolean wantsCalls(NodeView node) {
    return node.says() == Heartbeat.State.SERVING && node.state() == PeerState.SERVING;
  }
}
