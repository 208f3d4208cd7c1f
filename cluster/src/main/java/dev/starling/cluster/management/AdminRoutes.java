package dev.starling.cluster.management;

import dev.starling.cluster.management.NodeControl.DrainView;
import dev.starling.cluster.management.NodeControl.Reloaded;
import dev.starling.contract.node.ScaleContract.Scaled;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;

/** What operators do on the management port. Confined to its event loop. */
final class AdminRoutes {
  private final NodeControl node;
  private final String nodeId;

  AdminRoutes(NodeControl node, String nodeId) {
    this.node = node;
    this.nodeId = nodeId;
  }

  /** Begins to drain; asking again shows how far it is. */
  void drain(RoutingContext request) {
    DrainView view = node.drain();
    if (view == null) {
      Problem.send(request, 409, "the node is still starting (expected: once it is ready)");
      return;
    }
    request.response().setStatusCode(202).putHeader("cache-control", "no-store");
    request.json(
        new JsonObject()
            .put("id", view.nodeId())
            .put("state", "draining")
            .put("phase", view.phase())
            .put("elapsed_ms", view.elapsedMillis())
            .put("timeout_ms", view.timeoutMillis())
            .put("in_flight", view.answering()));
  }

  void scale(RoutingContext request) {
    ScaleRequest wanted;
    try {
      wanted = ScaleRequest.parse(request.body().buffer());
    } catch (IllegalArgumentException e) {
      Problem.send(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    if (wanted.everywhere()) {
      node.scaleEverywhere(wanted.verticle(), wanted.instances())
          .onSuccess(byNode -> answer(request, wanted, byNode))
          .onFailure(request::fail);
    } else {
      node.scale(wanted.verticle(), wanted.instances())
          .onSuccess(scaled -> answer(request, wanted, Map.of(nodeId, scaled)))
          .onFailure(request::fail);
    }
  }

  void reload(RoutingContext request) {
    node.reload().onSuccess(reloaded -> answer(request, reloaded)).onFailure(request::fail);
  }

  private static void answer(RoutingContext request, Reloaded reloaded) {
    if (!reloaded.problem().isEmpty()) {
      Problem.send(request, 422, reloaded.problem());
      return;
    }
    JsonObject instances = new JsonObject();
    reloaded.instances().forEach((verticle, scaled) -> instances.put(verticle, json(scaled)));
    request.json(
        new JsonObject()
            .put("instances", instances)
            .put("needs_restart", new JsonArray(reloaded.needRestart())));
  }

  /** Every node answers for itself; one that could not do it makes the whole a problem. */
  private static void answer(
      RoutingContext request, ScaleRequest wanted, Map<String, Scaled> byNode) {
    JsonArray nodes = new JsonArray();
    Scaled refusal = null;
    for (Map.Entry<String, Scaled> one : byNode.entrySet()) {
      nodes.add(json(one.getValue()).put("node", one.getKey()));
      if (!one.getValue().isDone()) {
        refusal = one.getValue();
      }
    }
    JsonObject body = new JsonObject().put("nodes", nodes);
    if (refusal == null) {
      request.json(
          body.put("verticle", wanted.verticle())
              .put("instances", wanted.instances())
              .put("scope", wanted.everywhere() ? "cluster" : "node"));
      return;
    }
    int status =
        switch (refusal.outcome()) {
          case UNKNOWN -> 404;
          case OUT_OF_RANGE -> 422;
          case BUSY -> 503;
          case FAILED -> 500;
          case DONE, NOT_RUN, PER_LOOP, NOT_SERVING -> 409;
        };
    Problem.send(request, status, refusal.detail(), wanted.everywhere() ? body : new JsonObject());
  }

  private static JsonObject json(Scaled scaled) {
    JsonObject json =
        new JsonObject()
            .put("outcome", scaled.outcome().name().toLowerCase(Locale.ROOT))
            .put("before", scaled.before())
            .put("instances", scaled.instances());
    return scaled.detail().isEmpty() ? json : json.put("detail", scaled.detail());
  }
}
