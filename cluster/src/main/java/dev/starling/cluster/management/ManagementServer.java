package dev.starling.cluster.management;

import dev.starling.cluster.config.ManagementConfig;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.BindException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the management port from a context of its own. */
public final class ManagementServer extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);

  private static final int MAX_BODY_BYTES = 4096;
  private static final int MAX_LINE_BYTES = 2048;
  private static final int MAX_HEADER_BYTES = 8192;
  private static final long BODY_MILLIS = 10_000;
  private static final String BODY_TIMER = "body-timer";
  private static final long SWEEP_MILLIS = 1_000;

  /** Longer than the longest change of instances, during which nothing moves. */
  private static final int STALLED_SECONDS = 60;

  private final ManagementConfig config;
  private final Observation observation;
  private final AdminRoutes admin;
  private final DecisionRoutes decisions;
  private final FusionRoutes fusion;
  private final AdminGate gate;
  private final OperatorConnections connections = new OperatorConnections(System::nanoTime);
  private @Nullable HttpServer server;
  private long sweep = -1;

  /**
   * @param token what operators must show; null when being on this machine is enough
   */
  public ManagementServer(
      ManagementConfig config,
      Observation observation,
      NodeControl node,
      DecisionLookup decisions,
      FusionLookup fusion,
      String nodeId,
      @Nullable AdminToken token) {
    this.config = config;
    this.observation = observation;
    this.admin = new AdminRoutes(node, nodeId);
    this.decisions = new DecisionRoutes(decisions);
    this.fusion = new FusionRoutes(fusion);
    this.gate = new AdminGate(token, System::nanoTime);
  }

  /** The port that is bound. */
  public int port() {
    HttpServer bound = server;
    return bound == null ? 0 : bound.actualPort();
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setIdleTimeout(STALLED_SECONDS)
            .setMaxInitialLineLength(MAX_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setDecompressionSupported(false)
            .setHttp2ClearTextEnabled(false);
    HttpServer created =
        vertx
            .createHttpServer(options)
            .exceptionHandler(failure -> log.debug("A connection failed", failure))
            .connectionHandler(connections::opened)
            .requestHandler(router());
    server = created;
    sweep = vertx.setPeriodic(SWEEP_MILLIS, tick -> connections.sweep());
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

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(sweep);
    return Future.succeededFuture();
  }

  private Router router() {
    Router router = Router.router(vertx);
    router.route().handler(connections::requested);
    see(router, "/livez", request -> request.end("ok\n"));
    Handler<RoutingContext> verboseGate =
        request -> {
          if (Observation.isVerbose(request)) {
            gate.handle(request);
          } else {
            request.next();
          }
        };
    see(router, "/readyz", verboseGate, observation::ready);
    see(router, "/metrics", observation::metrics);
    see(router, "/cluster", gate, observation::cluster);
    see(router, "/decisions", gate, decisions::list);
    see(router, "/decisions/:id", gate, decisions::find);
    see(router, "/fusion", gate, fusion::page);
    change(router, "/drain", admin::drain);
    change(router, "/scale", admin::scale);
    change(router, "/reload", admin::reload);
    router.errorHandler(404, request -> Problem.send(request, 404, "nothing has this path"));
    router.errorHandler(
        413,
        request -> Problem.send(request, 413, "the body is too large (expected: <= 4096 bytes)"));
    router.errorHandler(400, request -> Problem.send(request, 400, ""));
    router.errorHandler(
        500,
        request -> {
          log.error("{} failed", request.request().path(), request.failure());
          Problem.send(request, 500, "");
        });
    return router;
  }

  @SafeVarargs
  private static void see(Router router, String path, Handler<RoutingContext>... handlers) {
    for (Handler<RoutingContext> handler : handlers) {
      router.get(path).handler(handler);
    }
    otherMethods(router, path, HttpMethod.GET);
  }

  /** Who may is asked before the body is read. */
  private void change(Router router, String path, Handler<RoutingContext> handler) {
    router.post(path).handler(gate);
    router.post(path).handler(ManagementServer::expectJson);
    router.post(path).handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
    router.post(path).handler(ManagementServer::bodyArrived).handler(handler);
    otherMethods(router, path, HttpMethod.POST);
  }

  private static void otherMethods(Router router, String path, HttpMethod allowed) {
    router
        .route(path)
        .handler(
            request -> {
              request.response().putHeader("allow", allowed.name());
              Problem.send(
                  request,
                  405,
                  "method: " + request.request().method() + " (expected: " + allowed + ")");
            });
  }

  /**
   * A form of a web page cannot send this type. A body that does not arrive ends its connection.
   */
  private static void expectJson(RoutingContext request) {
    HttpServerRequest http = request.request();
    String type = http.getHeader("content-type");
    if (type != null && !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      Problem.send(request, 415, "content-type: " + type + " (expected: application/json)");
      return;
    }
    long timer = request.vertx().setTimer(BODY_MILLIS, late -> http.connection().close());
    request.put(BODY_TIMER, timer);
    request.addEndHandler(ended -> request.vertx().cancelTimer(timer));
    request.next();
  }

  private static void bodyArrived(RoutingContext request) {
    request.vertx().cancelTimer(request.<Long>get(BODY_TIMER));
    request.next();
  }

  /** The native transport reports it with an exception of its own. */
  private static boolean isInUse(Throwable failure) {
    return failure instanceof BindException
        || String.valueOf(failure.getMessage()).contains("Address already in use");
  }
}
