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
import dev.starling.redis.Redis;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
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

  private Guarding(Vertx vertx, String nodeId, PolicySource policies, MeterRegistry meters) {
    this.vertx = vertx;
    this.policies = policies;
    this.guards =
        new NodeGuards(
            policies, meters, () -> ThreadLocalRandom.current().nextDouble(), System::nanoTime);
    this.decisions = new Decisions(nodeId, InstantSource.system(), new SecureRandom(), meters);
    this.loopMeters = new LoopMeters(meters, guards::lag);
  }

  static Future<Guarding> start(
      Vertx vertx, String nodeId, PolicySource policies, MeterRegistry meters) {
    Guarding started = new Guarding(vertx, nodeId, policies, meters);
    return vertx
        .deployVerticle(new GuardClock(started.guards))
        .map(started)
        .onFailure(failure -> started.close());
  }

  /**
   * Watches the event loops from now on: when everything has been deployed, since loading classes
   * holds loops that nobody calls yet.
   */
  Future<Void> watchLoops(Culprits culprits) {
    LoopWatch watch = LoopWatch.start(culprits, loopMeters);
    loops = watch;
    loopMeters.bind(watch);
    DeploymentOptions eachLoop = new DeploymentOptions().setInstances(ClusteredVertx.eventLoops());
    return vertx.deployVerticle(watch::probe, eachLoop).mapEmpty();
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
