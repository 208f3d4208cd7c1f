package dev.starling.cluster;

import dev.starling.cluster.loops.Culprits;
import dev.starling.cluster.loops.LoopMeters;
import dev.starling.cluster.loops.LoopWatch;
import dev.starling.policy.PolicySource;
import dev.starling.policy.guards.NodeGuards;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The guards of a node at work: told the time, and how late the event loops are.
 *
 * <p>Thread-safe. Whoever starts it closes it, when nobody needs a guard any more.
 */
final class Guarding {
  private final Vertx vertx;
  private final NodeGuards guards;
  private final LoopWatch loops;

  private Guarding(Vertx vertx, NodeGuards guards, LoopWatch loops) {
    this.vertx = vertx;
    this.guards = guards;
    this.loops = loops;
  }

  static Future<Guarding> start(
      Vertx vertx, PolicySource policies, Culprits culprits, MeterRegistry meters) {
    NodeGuards guards =
        new NodeGuards(
            policies, meters, () -> ThreadLocalRandom.current().nextDouble(), System::nanoTime);
    LoopMeters loopMeters = new LoopMeters(meters, guards::lag);
    LoopWatch loops = LoopWatch.start(culprits, loopMeters);
    loopMeters.bind(loops);
    Guarding started = new Guarding(vertx, guards, loops);
    DeploymentOptions eachLoop = new DeploymentOptions().setInstances(ClusteredVertx.eventLoops());
    return Future.all(
            vertx.deployVerticle(new GuardClock(guards)),
            vertx.deployVerticle(loops::probe, eachLoop))
        .map(started)
        .onFailure(failure -> started.close());
  }

  NodeGuards guards() {
    return guards;
  }

  /** What is deployed ends with Vert.x. */
  void close() {
    loops.close();
    guards.close();
  }
}
