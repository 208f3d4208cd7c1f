package dev.starling.cluster;

import dev.starling.cluster.routing.HeartbeatExchange;
import dev.starling.cluster.routing.HeartbeatExchange.NodeView;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.node.ScaleContract;
import dev.starling.contract.node.ScaleContract.Outcome;
import dev.starling.contract.node.ScaleContract.Scale;
import dev.starling.contract.node.ScaleContract.Scaled;
import dev.starling.sdk.Instances;
import dev.starling.sdk.Settings;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes how many instances of a verticle run while calls are served.
 *
 * <p>Thread-safe. The changes of a node are made one after the other; {@link #MAX_WAITING} may
 * wait.
 */
final class Scaling {
  private static final Logger log = LoggerFactory.getLogger(Scaling.class);
  private static final int MAX_WAITING = 16;

  /** An instance that goes may take 10 s to answer what it has; another change may come first. */
  private static final Duration PEER_LIMIT = Duration.ofSeconds(25);

  private final Deployments deployments;
  private final HeartbeatExchange peers;
  private Future<?> last = Future.succeededFuture();
  private int waiting;
  private boolean closed;

  Scaling(Deployments deployments, HeartbeatExchange peers) {
    this.deployments = deployments;
    this.peers = peers;
  }

  /** Lets other nodes ask for changes here. */
  Future<Void> serve(String nodeId) {
    return peers.serve(
        ScaleContract.scale(nodeId),
        (request, call) -> scale(request.verticle(), request.instances()));
  }

  /** Changes the number on this node. */
  Future<Scaled> scale(String verticle, int wanted) {
    OwnPods pods = deployments.ownPods(verticle);
    if (pods == null) {
      return Future.succeededFuture(cannotBeScaled(verticle));
    }
    if (!isInRange(wanted)) {
      return Future.succeededFuture(outOfRange(pods.count(), wanted));
    }
    return inTurn(() -> resize(verticle, pods, wanted), pods);
  }

  /** Changes the number on each node that runs the verticle; the answers by the nodes' ids. */
  Future<Map<String, Scaled>> scaleEverywhere(String verticle, int wanted) {
    Map<String, Future<Scaled>> asked = new LinkedHashMap<>();
    for (NodeView node : peers.nodes()) {
      // One that is leaving takes its instances with it.
      if (node.runs(verticle) && node.says() == Heartbeat.State.SERVING && isInRange(wanted)) {
        asked.put(
            node.nodeId(),
            node.self() ? scale(verticle, wanted) : ask(node.nodeId(), verticle, wanted));
      }
    }
    if (asked.isEmpty()) {
      return scale(verticle, wanted).map(here -> Map.of(ownId(), here));
    }
    return Future.join(List.copyOf(asked.values()))
        .map(
            all -> {
              Map<String, Scaled> answers = new LinkedHashMap<>();
              asked.forEach((id, answer) -> answers.put(id, answer.result()));
              return answers;
            });
  }

  /** No change begins any more; completes when the one that is being made has ended. */
  synchronized Future<?> close() {
    closed = true;
    return last;
  }

  private Future<Scaled> ask(String nodeId, String verticle, int wanted) {
    return peers
        .call(ScaleContract.scale(nodeId), new Scale(verticle, wanted), PEER_LIMIT)
        .otherwise(failure -> refused(Outcome.FAILED, 0, nodeId + ": " + failure.getMessage()));
  }

  private static boolean isInRange(int wanted) {
    return wanted >= 1 && wanted <= Instances.MAX;
  }

  private static Scaled outOfRange(int count, int wanted) {
    return refused(
        Outcome.OUT_OF_RANGE,
        count,
        "instances: " + wanted + " (expected: 1.." + Instances.MAX + ")");
  }

  private Scaled cannotBeScaled(String verticle) {
    if (deployments.runs(verticle)) {
      return refused(
          Outcome.PER_LOOP,
          ClusteredVertx.eventLoops(),
          ("%s runs once on each event loop, in a pod with others (expected: a verticle whose"
                  + " verticles.%s.instances is a number)")
              .formatted(verticle, verticle));
    }
    Collection<String> known = new TreeSet<>(deployments.available());
    peers
        .nodes()
        .forEach(node -> node.services().stream().map(Heartbeat.Service::name).forEach(known::add));
    if (known.contains(verticle)) {
      return refused(Outcome.NOT_RUN, 0, "verticle: this node does not run " + verticle);
    }
    String nearest = Settings.nearest(verticle, known);
    return refused(
        Outcome.UNKNOWN,
        0,
        "verticle: "
            + verticle
            + (nearest == null
                ? " (expected one of: " + String.join(", ", known) + ")"
                : " (did you mean " + nearest + "?)"));
  }

  private synchronized Future<Scaled> inTurn(Supplier<Future<Scaled>> change, OwnPods pods) {
    if (closed || !peers.isServing()) {
      return Future.succeededFuture(
          refused(Outcome.NOT_SERVING, pods.count(), "the node is starting or leaving"));
    }
    if (waiting >= MAX_WAITING) {
      return Future.succeededFuture(
          refused(Outcome.BUSY, pods.count(), waiting + " changes wait already"));
    }
    waiting++;
    Future<Scaled> made = last.transform(before -> change.get()).onComplete(done -> changed());
    last = made;
    return made;
  }

  private synchronized void changed() {
    waiting--;
  }

  private Future<Scaled> resize(String verticle, OwnPods pods, int wanted) {
    int before = pods.count();
    return pods.resize(wanted)
        .map(
            done -> {
              log.info("{}: {} -> {} instances", verticle, before, wanted);
              return new Scaled(Outcome.DONE, before, wanted, "");
            })
        .otherwise(
            failure -> {
              log.error("{}: {} -> {} instances failed", verticle, before, wanted, failure);
              return new Scaled(
                  Outcome.FAILED,
                  before,
                  pods.count(),
                  verticle + ": an instance could not be started or stopped; see the log");
            });
  }

  private static Scaled refused(Outcome outcome, int instances, String detail) {
    return new Scaled(outcome, instances, instances, detail);
  }

  private String ownId() {
    return peers.nodes().stream()
        .filter(NodeView::self)
        .map(NodeView::nodeId)
        .findFirst()
        .orElse("");
  }
}
