package dev.starling.cluster;

import dev.starling.bus.BusNode;
import dev.starling.bus.BusOptions;
import dev.starling.cluster.config.LoadedConfig;
import dev.starling.cluster.management.Health;
import dev.starling.cluster.management.ManagementServer;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.contract.node.Heartbeat;
import dev.starling.postgres.Postgres;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: what was started, in order, and how to stop it.
 *
 * <p>Threading: started and stopped by one thread each, which wait; everything else happens on
 * Vert.x's threads.
 */
final class Node {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /** Unpacking and initialising a database on a slow disk is the longest step. */
  private static final Duration STEP_LIMIT = Duration.ofSeconds(60);

  /** Long enough for every peer to have heard that this node drains: two heartbeats. */
  private static final Duration SPREAD_THE_WORD = Duration.ofMillis(250);

  private final LoadedConfig config;

  /** 64 random bits: no id is ever used twice in the life of a cluster. */
  private final String nodeId = "n-" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Health health = new Health();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final long startedNanos = System.nanoTime();
  private @Nullable HeartbeatExchange exchange;
  private @Nullable ManagementServer management;
  private @Nullable Deployments deployments;

  private Node(LoadedConfig config) {
    this.config = config;
  }

  /**
   * Starts a node and waits until it serves.
   *
   * @throws RuntimeException with one line for the operator; nothing stays behind
   */
  static Node start(LoadedConfig config) {
    Node node = new Node(config);
    try {
      node.start();
      return node;
    } catch (RuntimeException e) {
      node.undoAll();
      throw e;
    }
  }

  private void start() {
    config.warnings().forEach(log::warn);
    log.info("Starting {} with {} from {}", nodeId, Version.text(), config.source());

    meterJvm();
    ClusteredVertx clustered = ClusteredVertx.start(nodeId, config.node(), health);
    Vertx vertx = clustered.vertx();
    undo.push(() -> await(vertx.close()));

    Deployments plan = new Deployments(config, vertx);
    Postgres postgres = plan.needs(Postgres.class) ? startPostgres(vertx) : null;

    BusOptions options = BusOptions.defaults().withStreams(config.node().streams());
    BusNode bus = await(BusNode.start(vertx, nodeId, options, new BusMeters(meters)));
    Gauge.builder("bus.streams", bus, BusNode::streams)
        .description("Ends of streams on this node")
        .register(meters);
    HeartbeatExchange heartbeats =
        new HeartbeatExchange(
            vertx, bus, identity(plan, postgres), HeartbeatExchange.Links.plain());
    exchange = heartbeats;
    clustered.onNodeLeft(heartbeats::nodeLeft);
    health.add("serving", () -> check(heartbeats.isServing(), "starting or draining"));
    String heartbeatsId = await(vertx.deployVerticle(heartbeats));
    undo.push(() -> await(vertx.undeploy(heartbeatsId)));
    SharedDatabase.check(
        await(heartbeats.heardAll(clustered::members)),
        postgres,
        config.node().postgres().embedded());

    NodeScope scope =
        new NodeScope(
            nodeId,
            config.node().zone(),
            Path.of(config.node().dataDir()),
            heartbeats.catalog(),
            meters,
            InstantSource.system(),
            config.tree());
    undo.push(scope::close);
    if (postgres != null) {
      scope.provide(Postgres.class, postgres);
    }
    startManagement(vertx, heartbeats);

    deployments = plan;
    undo.push(plan::stop);
    plan.start(scope, bus);

    heartbeats.enter(Heartbeat.State.SERVING);
  }

  /** Says in plain words what listens where. */
  void announceReady() {
    Deployments running = deployments;
    ManagementServer operators = management;
    if (running == null || operators == null) {
      throw new IllegalStateException("the node has not been started");
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    String edge =
        running.runs("edge")
            ? "clients at " + running.publicUrl()
            : "no edge here, clients reach it through other nodes";
    log.info(
        "Ready after {} ms: {} in zone {}; {}; operators at http://{}:{}; cluster {}; running {}",
        millis,
        nodeId,
        config.node().zone(),
        edge,
        config.node().management().host(),
        operators.port(),
        config.node().cluster().standalone()
            ? "none (standalone)"
            : config.node().cluster().host() + ":" + config.node().cluster().port(),
        running.describe());
  }

  /** Drains and stops; returns when everything is released. */
  void stop() {
    HeartbeatExchange heartbeats = exchange;
    if (heartbeats != null) {
      log.info("Draining {}", nodeId);
      heartbeats.enter(Heartbeat.State.DRAINING);
      pause(SPREAD_THE_WORD);
    }
    undoAll();
    log.info("Stopped {}", nodeId);
  }

  private Postgres startPostgres(Vertx vertx) {
    Postgres postgres =
        await(Postgres.start(vertx, Path.of(config.node().dataDir()), config.node().postgres()));
    undo.push(() -> await(postgres.close()));
    health.add("database", () -> postgres.pool().query("SELECT 1").execute());
    return postgres;
  }

  private void startManagement(Vertx vertx, HeartbeatExchange heartbeats) {
    ManagementServer server =
        new ManagementServer(
            config.node().management(), health, meters, heartbeats::nodes, Version.number());
    management = server;
    String id = await(vertx.deployVerticle(server));
    undo.push(() -> await(vertx.undeploy(id)));
  }

  private HeartbeatExchange.Identity identity(Deployments plan, @Nullable Postgres postgres) {
    int httpPort = plan.runs("edge") ? config.tree().path("http").path("port").asInt() : 0;
    return new HeartbeatExchange.Identity(
        nodeId,
        config.node().zone(),
        config.node().cluster().host(),
        httpPort,
        postgres == null ? "" : postgres.endpoint().identity());
  }

  private void undoAll() {
    while (!undo.isEmpty()) {
      Runnable step = undo.pop();
      try {
        step.run();
      } catch (RuntimeException e) {
        log.warn("A step of stopping failed: {}", e.toString());
      }
    }
  }

  private static Future<Void> check(boolean ok, String problem) {
    return ok ? Future.succeededFuture() : Future.failedFuture(problem);
  }

  static <T> T await(Future<T> future) {
    return await(future, STEP_LIMIT);
  }

  static <T> T await(Future<T> future, Duration limit) {
    try {
      return future.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new StartFailure("a step did not end within " + limit.toSeconds() + " s");
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void meterJvm() {
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    new FileDescriptorMetrics().bindTo(meters);
    JvmGcMetrics collections = new JvmGcMetrics();
    collections.bindTo(meters);
    undo.push(collections::close);
  }
}
