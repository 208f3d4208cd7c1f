package dev.starling.cluster.management;

import dev.starling.cluster.routing.HeartbeatExchange.NodeView;
import dev.starling.cluster.routing.PeerState;
import dev.starling.contract.node.Heartbeat;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What the management port shows: health, metrics, the cluster. Confined to its event loop. */
public final class Observation {
  private final Health health;
  private final PrometheusMeterRegistry meters;
  private final Supplier<List<NodeView>> nodes;
  private final String version;

  public Observation(
      Health health,
      PrometheusMeterRegistry meters,
      Supplier<List<NodeView>> nodes,
      String version) {
    this.health = health;
    this.meters = meters;
    this.nodes = nodes;
    this.version = version;
  }

  static boolean isVerbose(RoutingContext request) {
    return request.queryParams().contains("verbose");
  }

  /** Says whether; only {@code ?verbose}, which is for operators, says why. */
  void ready(RoutingContext request) {
    boolean verbose = isVerbose(request);
    health
        .run()
        .onSuccess(
            results -> {
              boolean ok = results.stream().allMatch(Health.Result::isOk);
              StringBuilder text = new StringBuilder();
              for (Health.Result result : results) {
                if (verbose || !result.isOk()) {
                  text.append(result.isOk() ? "[+]" : "[-]").append(result.check());
                  text.append(result.isOk() ? " ok" : " failed");
                  text.append(verbose && !result.isOk() ? ": " + result.problem() : "");
                  text.append(verbose && !result.note().isEmpty() ? ": " + result.note() : "");
                  text.append('\n');
                }
              }
              if (verbose) {
                health.notes().forEach(note -> text.append("[!]").append(note).append('\n'));
              }
              text.append(ok ? "ok\n" : "not ready\n");
              request
                  .response()
                  .setStatusCode(ok ? 200 : 503)
                  .putHeader("content-type", "text/plain; charset=utf-8")
                  .end(text.toString());
            })
        .onFailure(request::fail);
  }

  void metrics(RoutingContext request) {
    // Gathering thousands of series takes milliseconds, which the loop does not have.
    request
        .vertx()
        .executeBlocking(() -> meters.scrape(), false)
        .onSuccess(
            text ->
                request
                    .response()
                    .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text))
        .onFailure(request::fail);
  }

  void cluster(RoutingContext request) {
    JsonArray members = new JsonArray();
    String self = "";
    for (NodeView node : nodes.get()) {
      if (node.self()) {
        self = node.nodeId();
      }
      JsonArray services = new JsonArray();
      for (Heartbeat.Service service : node.services()) {
        services.add(
            new JsonObject().put("name", service.name()).put("instances", service.instances()));
      }
      members.add(
          new JsonObject()
              .put("id", node.nodeId())
              .put("zone", node.zone())
              .put("state", state(node))
              .put("self", node.self())
              .put("http_port", node.httpPort() == 0 ? null : node.httpPort())
              .put("load", new JsonObject().put("in_flight", node.inFlight()))
              .put("services", services));
    }
    request.json(new JsonObject().put("self", self).put("version", version).put("nodes", members));
  }

  /** What the node says of itself, unless this one has reason to see it otherwise. */
  private static String state(NodeView node) {
    boolean trusted = node.self() || node.state() == PeerState.SERVING;
    return (trusted ? node.says().name() : node.state().name()).toLowerCase(Locale.ROOT);
  }
}
