package dev.starling.ratelimiter;

import static dev.starling.testkit.TestNode.await;

import dev.starling.bus.BusNode;
import dev.starling.bus.BusObserver;
import dev.starling.bus.BusOptions;
import dev.starling.bus.CallContext;
import dev.starling.bus.TraceContext;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.redis.Redis;
import dev.starling.redis.RedisConfig;
import dev.starling.sdk.Json;
import dev.starling.sdk.LocalCatalog;
import dev.starling.sdk.Members;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.sdk.Secret;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes that run a limiter, in one process: each has a scope, an event loop and a
 * connection to Redis of its own, and they reach each other over one bus.
 *
 * <p>Used from the test's thread. The clock is the test's.
 */
final class LimiterNodes implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  final AtomicLong nanos = new AtomicLong(1_800_000_000L * Calls.SECOND);
  private final Vertx vertx = Vertx.vertx();
  private final BusNode bus;
  private final Path directory;
  private final Duration patience;
  private final List<String> live = new CopyOnWriteArrayList<>();
  private volatile List<String> members = List.of();
  private final List<Node> nodes = new ArrayList<>();

  /** One of them. */
  final class Node {
    final String id;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final PolicySource policies;
    private final NodeScope scope;
    private final Caller caller = new Caller();
    private final @Nullable Redis redis;
    private String deployment = "";

    private Node(String id, Policies first, @Nullable String redisUri) {
      this.id = id;
      this.policies = new PolicySource(first);
      this.scope =
          new NodeScope(
                  id,
                  "a",
                  directory,
                  new LocalCatalog(),
                  meters,
                  InstantSource.system(),
                  Json.MAPPER.createObjectNode())
              .provide(PolicySource.class, policies)
              .provide(Members.class, new SeenBy(id));
      this.redis = redisUri == null ? null : connect(redisUri);
      if (redis != null) {
        scope.provide(Redis.class, redis);
      }
    }

    private Redis connect(String uri) {
      return await(
          Redis.start(
              vertx,
              new RedisConfig(uri, Secret.NONE, 1, 10_000, patience, Duration.ofSeconds(1)),
              meters,
              new Random(1)));
    }

    /** Asks this node's limiter. */
    Future<Decision> spend(Spend call) {
      return caller.spend(call);
    }

    Decision decide(Spend call) {
      return await(spend(call));
    }

    double count(String meter) {
      return meters.get(meter).functionCounter().count();
    }

    boolean isRedisUp() {
      return redis != null && redis.isUp();
    }

    /** Ends its limiter; the others see that at once. */
    void leave() {
      live.remove(id);
      members = List.copyOf(live);
      stop();
    }

    private void stop() {
      if (!deployment.isEmpty()) {
        await(vertx.undeploy(deployment));
        deployment = "";
      }
    }
  }

  private final class SeenBy implements Members {
    private final String self;

    SeenBy(String self) {
      this.self = self;
    }

    @Override
    public String self() {
      return self;
    }

    @Override
    public List<String> serving(String service) {
      return members;
    }
  }

  /** Lives on the limiter's event loop, whose own limiter it reaches. */
  private static final class Caller extends ServiceVerticle {
    private final Random random = new Random(1);

    @Override
    public String name() {
      return "caller";
    }

    Future<Decision> spend(Spend call) {
      Promise<Decision> decision = Promise.promise();
      context.runOnContext(
          now ->
              bus()
                  .call(
                      RateLimitContract.SPEND,
                      call,
                      CallContext.expiringAt(
                          System.nanoTime() + TestNode.PATIENCE.toNanos(),
                          TraceContext.start(random)))
                  .onComplete(decision));
      return decision.future();
    }
  }

  LimiterNodes(Path directory, Duration patience) {
    this.directory = directory;
    this.patience = patience;
    this.bus = await(BusNode.start(vertx, "test", BusOptions.defaults(), new BusObserver() {}));
  }

  /** Starts a node. */
  Node add(Policies policies, @Nullable String redisUri) {
    Node node = new Node("n-" + (nodes.size() + 1), policies, redisUri);
    node.deployment =
        await(
            vertx.deployVerticle(
                new Pod(
                    node.scope,
                    bus,
                    List.of(new RateLimiterVerticle(nanos::get, patience), node.caller))));
    nodes.add(node);
    live.add(node.id);
    members = List.copyOf(live);
    return node;
  }

  /** Completes after a while of real time. */
  Future<?> timer(Duration real) {
    return vertx.timer(real.toMillis(), TimeUnit.MILLISECONDS);
  }

  void advance(long byNanos) {
    nanos.addAndGet(byNanos);
  }

  @Override
  public void close() {
    for (Node node : nodes) {
      node.stop();
      node.scope.close();
      if (node.redis != null) {
        await(node.redis.close());
      }
    }
    await(vertx.close());
  }
}
