package dev.starling.cluster.membership;

import io.vertx.core.Completable;
import io.vertx.core.VertxException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * What this node knows of itself and of the others, in the types of Vert.x.
 *
 * <p>Thread-safe; answers from memory, on the caller's thread.
 */
final class Directory {
  private final String nodeId;
  private final OwnRegistrations own;
  private final RegistrationTable table;

  Directory(String nodeId, OwnRegistrations own, RegistrationTable table) {
    this.nodeId = nodeId;
    this.own = own;
    this.table = table;
  }

  /** Everybody who serves an address: this node, local-only consumers included, then the others. */
  List<RegistrationInfo> registrations(String address) {
    List<RegistrationInfo> all = new ArrayList<>();
    own.registrations(address)
        .forEach(mine -> all.add(new RegistrationInfo(nodeId, mine.seq(), mine.localOnly())));
    table
        .registrations(address)
        .forEach(other -> all.add(new RegistrationInfo(other.nodeId(), other.seq(), false)));
    return all;
  }

  /**
   * Where a member's event bus is; fails at once for a node that is none, or has not said it yet.
   */
  void nodeInfo(String id, Completable<NodeInfo> promise) {
    var endpoint =
        id.equals(nodeId) ? own.endpoint() : table.state(id).flatMap(NodeState::endpoint);
    endpoint.ifPresentOrElse(
        found -> decode(found, promise),
        () ->
            promise.fail(
                VertxException.noStackTrace("node %s: not a member of the cluster".formatted(id))));
  }

  private static void decode(Endpoint endpoint, Completable<NodeInfo> promise) {
    NodeInfo info;
    try {
      String metadata = endpoint.metadata();
      info =
          new NodeInfo(
              endpoint.host(), endpoint.port(), metadata == null ? null : new JsonObject(metadata));
    } catch (DecodeException e) {
      promise.fail(e);
      return;
    }
    promise.succeed(info);
  }
}
