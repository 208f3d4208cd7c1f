package dev.starling.cluster;

import dev.starling.bus.BusNode;
import dev.starling.bus.BusOptions;
import dev.starling.cluster.config.ConfigSources;
import dev.starling.cluster.config.LoadedConfig;
import dev.starling.cluster.config.ManagementConfig;
import dev.starling.cluster.config.OtelConfig;
import dev.starling.cluster.loops.Culprits;
import dev.starling.cluster.management.AdminToken;
import dev.starling.cluster.management.Health;
import dev.starling.cluster.management.ManagementServer;
import dev.starling.cluster.management.Observation;
import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.cluster.routing.LiveMembers;
import dev.starling.cluster.telemetry.SpanExport;
import dev.starling.contract.node.Heartbeat;
import dev.starling.edge.Draining;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.redis.Redis;
import dev.starling.sdk.Members;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Spans;
import io.micrometer.core.instrument.Gauge;
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

  private final ConfigReload.First first;
  private final LoadedConfig config;

  /** 64 random bits: no id is ever used twice in the life of a cluster. */
  private final String nodeId = "n-" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Health health = new Health();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final long startedNanos = System.nanoTime();
  private @Nullable Drain drain;
  private @Nullable Operators operators;
  private @Nullable ManagementServer management;
  private @Nullable Deployments deployments;

  private Node(ConfigSources sources) {
    this.first = ConfigReload.first(sources);
    this.config = first.config();
  }

  /**
   * Starts a node and waits until it serves.
   *
   * @throws RuntimeException with one line for the operator; nothing stays behind
   */
  static Node start(ConfigSources sources) {
    Node node = new Node(sources);
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

    PolicyReload.First firstPolicy = PolicyReload.first(config.node().policyFile());
    log.info(
        "Policy {} from {}",
        firstPolicy.policies().version(),
        firstPolicy.file() == null ? LoadedConfig.DEFAULTS : firstPolicy.file());

    undo.push(JvmMeters.bind(meters));
    Gauge.builder("node.info", () -> 1)
        .description("Always 1; the labels say which node this is")
        .tags("node", nodeId, "zone", config.node().zone(), "version", Version.number())
        .register(meters);
    ClusteredVertx clustered = ClusteredVertx.start(nodeId, config.node(), health, meters);
    Vertx vertx = clustered.vertx();
    undo.push(() -> await(vertx.close()));

    PolicyReload policy = new PolicyReload(vertx, firstPolicy, meters);
    Deployments plan = new Deployments(config, vertx);
    Guarding guarding = await(Guarding.start(vertx, nodeId, policy.source(), meters));
    undo.push(guarding::close);
    boolean sharded = plan.needs(Shards.class);
    Postgres postgres = sharded || plan.needs(Postgres.class) ? startPostgres(vertx) : null;
    Redis redis = config.node().redis().configured() ? startRedis(vertx) : null;

    BusOptions options =
        BusOptions.defaults()
            .withStreams(config.node().streams())
            .withWireVersion(config.node().cluster().wireVersion())
            .without(config.node().cluster().safeguardsOff());
    if (!options.safeguardsOff().isEmpty()) {
      log.warn("cluster.safeguards-off: {}: clients will notice faults", options.safeguardsOff());
    }
    BusNode bus = await(BusNode.start(vertx, nodeId, options, new BusMeters(meters)));
    Gauge.builder("bus.streams", bus, BusNode::streams)
        .description("Ends of streams on this node")
        .register(meters);
    HeartbeatExchange heartbeats =
        new HeartbeatExchange(
            vertx, bus, identity(plan, postgres), clustered.links(), clustered::members);
    clustered.onNodeLeft(heartbeats::nodeLeft);
    health.add("serving", () -> check(heartbeats.isServing(), "starting or draining"));
    String heartbeatsId = await(vertx.deployVerticle(heartbeats));
    undo.push(() -> await(vertx.undeploy(heartbeatsId)));
    SharedDatabase.check(
        await(heartbeats.heardAll()), postgres, config.node().postgres().embedded());

    NodeScope scope =
        new NodeScope(
            nodeId,
            config.node().zone(),
            Path.of(config.node().dataDir()),
            heartbeats.catalog(),
            meters,
            InstantSource.system(),
            config.tree());
    provideSpans(scope);
    undo.push(scope::close);
    if (postgres != null) {
      guarding.before(postgres);
      scope.provide(Postgres.class, postgres);
      if (sharded) {
        Shards shards = startShards(vertx, postgres);
        guarding.before(shards);
        scope.provide(Shards.class, shards);
      }
    }
    if (redis != null) {
      guarding.before(redis);
      scope.provide(Redis.class, redis);
    }
    guarding.provideTo(scope);
    scope.provide(Members.class, new LiveMembers(nodeId, heartbeats::nodes));
    Drain leaving = new Drain(config.node().drain(), heartbeats, bus, Draining.of(scope));
    drain = leaving;
    Scaling scaling = new Scaling(plan, heartbeats);
    await(scaling.serve(nodeId));
    ConfigReload reload = new ConfigReload(vertx, first, scaling::scale, meters);
    health.note(reload::note);
    health.note(policy::note);
    operators = new Operators(bus, leaving, config.node().drain(), scaling, reload, policy);
    ClusterDecisions refusals = new ClusterDecisions(nodeId, guarding.decisions(), heartbeats);
    await(refusals.serve());
    startManagement(vertx, heartbeats, operators, refusals);

    deployments = plan;
    undo.push(() -> plan.stop(leaving.remaining()));
    plan.start(scope, bus);
    undo.push(() -> await(scaling.close(), leaving.remaining()));
    undo.push(reload.watch());
    undo.push(policy.watch());

    heartbeats.enter(Heartbeat.State.SERVING);
    await(guarding.watchLoops(Culprits.of(plan.prototypes())));
  }

  /** Says in plain words what listens where. */
  void announceReady() {
    Deployments running = deployments;
    ManagementServer operatorsPort = management;
    if (running == null || operatorsPort == null) {
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
        operatorsPort.port(),
        config.node().cluster().standalone()
            ? "none (standalone)"
            : config.node().cluster().host() + ":" + config.node().cluster().port(),
        running.describe());
  }

  /** How long draining may take. */
  Duration drainLimit() {
    return config.node().drain().timeout();
  }

  /** Lets operators end the process, in the way that is given. */
  void drainWith(Runnable exit) {
    Operators control = operators;
    if (control != null) {
      control.drainWith(exit);
    }
  }

  /** Drains and stops; returns when everything is released. */
  void stop() {
    Drain leaving = drain;
    if (leaving != null) {
      log.info("Draining {}", nodeId);
      leaving.run();
    }
    undoAll();
    log.info("Stopped {}", nodeId);
  }

  private Postgres startPostgres(Vertx vertx) {
    Postgres postgres =
        await(Postgres.start(vertx, Path.of(config.node().dataDir()), config.node().postgres()));
    undo.push(() -> await(postgres.close()));
    health.add("database", postgres::check);
    postgres.bindTo(meters, ShardDatabaseConfig.HOME);
    return postgres;
  }

  private Shards startShards(Vertx vertx, Postgres home) {
    Shards shards =
        await(Shards.start(vertx, home, config.node().postgres(), config.node().shards()));
    undo.push(() -> await(shards.close()));
    health.note(shards::note);
    shards.bindTo(meters);
    return shards;
  }

  /** One that is away is no reason not to start: nothing has its truth there. */
  private Redis startRedis(Vertx vertx) {
    Redis redis = await(Redis.start(vertx, config.node().redis(), meters, new SecureRandom()));
    undo.push(() -> await(redis.close()));
    health.note(
        () ->
            redis.isUp()
                ? ""
                : "Redis is away: limits that it shares are divided, and each node keeps answers for"
                    + " itself");
    return redis;
  }

  /** Verticles come later and end earlier, so their last spans are sent too. */
  private void provideSpans(NodeScope scope) {
    OtelConfig settings = config.node().otel();
    if (settings.exports()) {
      SpanExport export = SpanExport.start(settings, nodeId, Version.number(), meters);
      undo.push(export::close);
      scope.provide(Spans.class, export);
    }
  }

  private void startManagement(
      Vertx vertx, HeartbeatExchange heartbeats, Operators control, ClusterDecisions refusals) {
    ManagementConfig settings = config.node().management();
    ManagementServer server =
        new ManagementServer(
            settings,
            new Observation(health, meters, heartbeats::nodes, Version.number()),
            control,
            refusals,
            new ClusterFusion(heartbeats),
            nodeId,
            AdminToken.of(settings, Path.of(config.node().dataDir())));
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
}
