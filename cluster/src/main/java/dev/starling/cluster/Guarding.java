package dev.starling.cluster;

import dev.starling.cluster.loops.Culprits;
import dev.starling.cluster.loops.LoopMeters;
import dev.starling.cluster.loops.LoopWatch;
import dev.starling.policy.PolicySource;
import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.decision.Decisions;
import dev.starling.policy.guards.DependencyGuard;
import dev.starling.policy.guards.NodeGuards;
import dev.starling.policy.rule.Dependencies;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.redis.Redis;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The guards of a node at work: told the time, and how late the event loops are; and what they
 * refused.
 *
 * <p>Thread-safe. Whoever starts it closes it, when nobody needs a guard any more.
 */
final class Guarding {
  /** A query on a good day takes a millisecond; a caller with less time than this is in a hurry. */
  private static final Duration FAIR_QUERY_TIME = Duration.ofMillis(100);

  private final Vertx vertx;
  private final PolicySource policies;
  private final NodeGuards guards;
  private final Decisions decisions;
  private final LoopMeters loopMeters;
  private volatile @Nullable LoopWatch loops;

  private Guarding(
      Vertx vertx,
      PolicySource policies,
      NodeGuards guards,
      Decisions decisions,
      LoopMeters loopMeters) {
    this.vertx = vertx;
    this.policies = policies;
    this.guards = guards;
    this.decisions = decisions;
    this.loopMeters = loopMeters;
  }

  static Future<Guarding> start(
      Vertx vertx, String nodeId, PolicySource policies, MeterRegistry meters) {
    NodeGuards guards =
        new NodeGuards(
            policies, meters, () -> ThreadLocalRandom.current().nextDouble(), System::nanoTime);
    Decisions decisions = new Decisions(nodeId, InstantSource.system(), new SecureRandom(), meters);
    Guarding started =
        new Guarding(vertx, policies, guards, decisions, new LoopMeters(meters, guards::lag));
    return vertx
        .deployVerticle(new GuardClock(guards))
        .map(started)
        .onFailure(failure -> started.close());
  }

  /**
   * Looks at the event loops from now on: a node that starts loads its classes on them, and is late
   * for that reason alone.
   */
  Future<?> watchLoops(Culprits culprits) {
    LoopWatch watch = LoopWatch.start(culprits, loopMeters);
    loops = watch;
    loopMeters.bind(watch);
    DeploymentOptions eachLoop = new DeploymentOptions().setInstances(ClusteredVertx.eventLoops());
    return vertx.deployVerticle(watch::probe, eachLoop);
  }

  Decisions decisions() {
    return decisions;
  }

  void provideTo(NodeScope scope) {
    scope.provide(PolicySource.class, policies);
    scope.provide(NodeGuards.class, guards);
    scope.provide(Decisions.class, decisions);
  }

  void before(Postgres postgres) {
    postgres.guardedBy(
        guard(Dependencies.POSTGRES, FAIR_QUERY_TIME, DependencyOutcomes::ofPostgres));
  }

  /** Each of the databases besides home has guards of its own: one that fails closes no other. */
  void before(Shards shards) {
    List<ShardDatabase> others =
        shards.databases().values().stream()
            .filter(database -> !database.name().equals(ShardDatabaseConfig.HOME))
            .toList();
    guards.instances(Dependencies.POSTGRES, others.stream().map(ShardDatabase::name).toList());
    for (ShardDatabase database : others) {
      database
          .primary()
          .guardedBy(
              guard(
                  Dependencies.instance(Dependencies.POSTGRES, database.name()),
                  FAIR_QUERY_TIME,
                  DependencyOutcomes::ofPostgres));
    }
  }

  void before(Redis redis) {
    redis.guardedBy(guard(Dependencies.REDIS, redis.commandTimeout(), DependencyOutcomes::ofRedis));
  }

  /** What is deployed ends with Vert.x. */
  void close() {
    LoopWatch watch = loops;
    if (watch != null) {
      watch.close();
    }
    guards.close();
  }

  private DependencyGuard guard(
      String dependency, Duration fairTime, Function<Throwable, Outcome> judge) {
    return new DependencyGuard(
        dependency, fairTime, judge, guards, decisions, vertx, System::nanoTime);
  }
}
