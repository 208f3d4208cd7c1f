package dev.starling.cluster.management;

import dev.starling.cluster.config.ManagementConfig;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.cluster.routing.PeerState;
import dev.starling.contract.node.Heartbeat;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.BindException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves the management port from a context of its own. */
public final class ManagementServer extends VerticleBase {
  /** An operator's tool sends small requests; more is somebody else. */
  private static final int MAX_CONNECTION_IDLE_SECONDS = 30;

  private final ManagementConfig config;
  private final Health health;
  private final PrometheusMeterRegistry meters;
  private final Supplier<List<HeartbeatExchange.NodeView>> nodes;
  private final String version;
  private @Nullable HttpServer server;

  public ManagementServer(
      ManagementConfig config,
      Health health,
      PrometheusMeterRegistry meters,
      Supplier<List<HeartbeatExchange.NodeView>> nodes,
      String version) {
    this.config = config;
    this.health = health;
    this.meters = meters;
    this.nodes = nodes;
    this.version = version;
  }

  /** The port that is bound. */
  public int port() {
    HttpServer bound = server;
    return bound == null ? 0 : bound.actualPort();
  }

  @Override
  public Future<?> start() {
    Router router = Router.router(vertx);
    router.get("/livez").handler(request -> request.end("ok\n"));
    router.get("/readyz").handler(this::ready);
    router.get("/metrics").handler(this::metrics);
    router.get("/cluster").handler(this::cluster);
    HttpServerOptions options =
        new HttpServerOptions()
            .setIdleTimeout(MAX_CONNECTION_IDLE_SECONDS)
            .setHttp2ClearTextEnabled(false);
    HttpServer created = vertx.createHttpServer(options).requestHandler(router);
    server = created;
    return created
        .listen(config.port(), config.host())
        .recover(
            failure ->
                Future.failedFuture(
                    isInUse(failure)
                        ? new BindException(
                            "management.port: %d is in use (expected: a free port; set STARLING_MANAGEMENT_PORT)"
                                .formatted(config.port()))
                        : failure));
  }

  /** The native transport reports it with an exception of its own. */
  private static boolean isInUse(Throwable failure) {
    return failure instanceof BindException
        || String.valueOf(failure.getMessage()).contains("Address already in use");
  }

  private void ready(RoutingContext request) {
    boolean verbose = request.queryParams().contains("verbose");
    health
        .run()
        .onSuccess(
            results -> {
              boolean ok = results.stream().allMatch(Health.Result::isOk);
              StringBuilder text = new StringBuilder();
              for (Health.Result result : results) {
                if (verbose || !result.isOk()) {
                  text.append(result.isOk() ? "[+]" : "[-]").append(result.check());
                  text.append(result.isOk() ? " ok" : " failed: " + result.problem());
                  text.append(result.note().isEmpty() ? "" : ": " + result.note()).append('\n');
                }
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

  private void metrics(RoutingContext request) {
    // Gathering thousands of series takes milliseconds, which the loop does not have.
    vertx
        .executeBlocking(() -> meters.scrape(), false)
        .onSuccess(
            text ->
                request
                    .response()
                    .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text))
        .onFailure(request::fail);
  }

  /** What the node says of itself, unless this one has reason to see it otherwise. */
  private static String state(HeartbeatExchange.NodeView node) {
    boolean trusted = node.self() || node.state() == PeerState.SERVING;
    return (trusted ? node.says().name() : node.state().name()).toLowerCase(Locale.ROOT);
  }

  private void cluster(RoutingContext request) {
    JsonArray members = new JsonArray();
    String self = "";
    for (HeartbeatExchange.NodeView node : nodes.get()) {
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
}
