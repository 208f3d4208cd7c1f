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
import org.jspecify.annotations.Nullable;
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
    Scaled refusal = refusal(verticle, wanted);
    OwnPods pods = deployments.ownPods(verticle);
    if (refusal != null || pods == null) {
      return Future.succeededFuture(
          refusal != null ? refusal : refused(Outcome.PER_LOOP, 0, perLoop(verticle)));
    }
    return inTurn(() -> resize(verticle, pods, wanted), pods);
  }

  /** Changes the number on each node that runs the verticle; the answers by the nodes' ids. */
  Future<Map<String, Scaled>> scaleEverywhere(String verticle, int wanted) {
    Map<String, Future<Scaled>> asked = new LinkedHashMap<>();
    for (NodeView node : peers.nodes()) {
      if (node.services().stream().anyMatch(service -> service.name().equals(verticle))) {
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

  private @Nullable Scaled refusal(String verticle, int wanted) {
    Collection<String> known = new TreeSet<>(deployments.available());
    if (!deployments.runs(verticle)) {
      peers
          .nodes()
          .forEach(
              node -> node.services().stream().map(Heartbeat.Service::name).forEach(known::add));
      return known.contains(verticle)
          ? refused(Outcome.NOT_RUN, 0, "verticle: this node does not run " + verticle)
          : refused(Outcome.UNKNOWN, 0, unknown(verticle, known));
    }
    OwnPods pods = deployments.ownPods(verticle);
    if (pods == null) {
      return refused(Outcome.PER_LOOP, ClusteredVertx.eventLoops(), perLoop(verticle));
    }
    try {
      return Instances.parse(Integer.toString(wanted)).isPerLoop()
          ? refused(Outcome.PER_LOOP, pods.count(), perLoop(verticle))
          : null;
    } catch (IllegalArgumentException e) {
      return refused(
          Outcome.OUT_OF_RANGE, pods.count(), "instances: " + wanted + " (expected: 1..1024)");
    }
  }

  private synchronized Future<Scaled> inTurn(Supplier<Future<Scaled>> change, OwnPods pods) {
    if (closed) {
      return Future.succeededFuture(refused(Outcome.DRAINING, pods.count(), "the node is leaving"));
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

  private static String perLoop(String verticle) {
    return ("%s runs once on each event loop, in a pod with others (expected: a verticle whose"
            + " verticles.%s.instances is a number)")
        .formatted(verticle, verticle);
  }

  private static String unknown(String verticle, Collection<String> known) {
    String nearest = Settings.nearest(verticle, known);
    return "verticle: "
        + verticle
        + (nearest == null
            ? " (expected one of: " + String.join(", ", known) + ")"
            : " (did you mean " + nearest + "?)");
  }

  private String ownId() {
    return peers.nodes().stream()
        .filter(NodeView::self)
        .map(NodeView::nodeId)
        .findFirst()
        .orElse("");
  }
}
