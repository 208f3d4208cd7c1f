package dev.starling.cluster.routing;

import dev.starling.bus.Bus;
import dev.starling.bus.BusNode;
import dev.starling.bus.CallContext;
import dev.starling.bus.ContextBus;
import dev.starling.bus.TraceContext;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.node.NodeContract;
import dev.starling.contract.service.ServiceCatalog;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes this node's heartbeat, listens to those of others, and keeps the router and the catalog
 * in step with them.
 *
 * <p>Threading: everything happens on one context of its own, so that a busy service cannot delay a
 * heartbeat by more than its loop is busy; {@link #nodes} may be read from any thread.
 */
public final class HeartbeatExchange implements Deployable {
  /** Four lost beats in a row; a young-generation pause is shorter. */
  private static final Duration PATIENCE = Duration.ofMillis(400);

  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final Duration DESCRIBE_DEADLINE = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(HeartbeatExchange.class);

  /**
   * What this node says of itself besides what the bus knows.
   *
   * @param httpPort zero when it runs no edge
   * @param database names the database that its services write to; empty for none
   */
  public record Identity(String nodeId, String zone, int httpPort, String database) {}

  /**
   * A live node as this one sees it.
   *
   * @param self true for this node
   * @param silent true when it has not been heard for a while
   * @param inFlight calls that its own instances have not answered, as it says
   */
  public record NodeView(
      String nodeId,
      String zone,
      Heartbeat.State state,
      boolean self,
      boolean silent,
      int inFlight,
      int httpPort,
      String database,
      List<Heartbeat.Service> services) {}

  private final Vertx vertx;
  private final BusNode busNode;
  private final Identity identity;
  private final PeerTable peers;
  private final LadderRouter router;
  private final ClusterCatalog catalog = new ClusterCatalog();
  private final SecureRandom random = new SecureRandom();
  private final List<Bus.Registration> registrations = new ArrayList<>();
  private volatile Heartbeat.State state = Heartbeat.State.JOINING;
  private volatile List<NodeView> nodes = List.of();
  private @Nullable ContextBus bus;
  private @Nullable Context context;
  private long timer;
  private long sequence;

  public HeartbeatExchange(Vertx vertx, BusNode busNode, Identity identity) {
    this.vertx = vertx;
    this.busNode = busNode;
    this.identity = identity;
    this.peers = new PeerTable(identity.nodeId(), PATIENCE);
    this.router = new LadderRouter(busNode.localInstances(), identity.zone());
  }

  public ServiceCatalog catalog() {
    return catalog;
  }

  /** This node and every other one that is in the cluster, ordered by id. */
  public List<NodeView> nodes() {
    return nodes;
  }

  /** What this node says of itself from now on; peers hear it at once. */
  public void enter(Heartbeat.State newState) {
    state = newState;
    Context own = context;
    if (own != null) {
      own.runOnContext(now -> beat());
    }
  }

  public boolean isServing() {
    return state == Heartbeat.State.SERVING;
  }

  /** Forgets a node that left the cluster. Callable from any thread. */
  public void nodeLeft(String nodeId) {
    busNode.nodeLost(nodeId);
    Context own = context;
    if (own != null) {
      own.runOnContext(
          now -> {
            if (peers.left(nodeId)) {
              log.info("{} left", nodeId);
              peersChanged();
            }
          });
    }
  }

  /** Waits until nothing new was heard for a few beats, so that who joins knows who is there. */
  public Future<List<NodeView>> settled() {
    Promise<List<NodeView>> promise = Promise.promise();
    vertx.setTimer(INTERVAL.toMillis() * 3, done -> promise.complete(nodes));
    return promise.future();
  }

  @Override
  public Future<?> deploy(Context newContext) {
    context = newContext;
    ContextBus joined = busNode.join(newContext);
    bus = joined;
    busNode.routeWith(router);
    timer = vertx.setPeriodic(INTERVAL.toMillis(), tick -> beat());
    return Future.all(
            joined.subscribe(Heartbeat.TOPIC, this::heard).onSuccess(registrations::add),
            joined
                .serve(NodeContract.describe(identity.nodeId()), this::describe)
                .onSuccess(registrations::add))
        .onSuccess(ready -> beat());
  }

  @Override
  public Future<?> undeploy(Context oldContext) {
    vertx.cancelTimer(timer);
    ContextBus joined = bus;
    Future<?> closed = Future.join(registrations.stream().map(Bus.Registration::close).toList());
    return joined == null ? closed : closed.eventually(joined::close);
  }

  private void beat() {
    ContextBus joined = bus;
    if (joined == null) {
      return;
    }
    Heartbeat own = ownBeat();
    joined.publish(Heartbeat.TOPIC, own);
    if (peers.expire(System.nanoTime())) {
      peersChanged();
    } else {
      publishView(own);
    }
  }

  private Heartbeat ownBeat() {
    List<Heartbeat.Service> services = new ArrayList<>();
    busNode
        .localInstances()
        .counts()
        .forEach(
            (name, instances) -> {
              if (!name.startsWith(NodeContract.SERVICE_PREFIX)) {
                services.add(new Heartbeat.Service(name, instances, catalog.ownHash(name)));
              }
            });
    return new Heartbeat(
        identity.nodeId(),
        identity.zone(),
        state,
        ++sequence,
        System.nanoTime() / 1_000,
        busNode.localInstances().inFlight(),
        identity.httpPort(),
        identity.database(),
        services);
  }

  private void heard(Heartbeat beat) {
    boolean known =
        peers.all().stream().anyMatch(peer -> peer.beat().nodeId().equals(beat.nodeId()));
    if (peers.heard(beat, System.nanoTime())) {
      if (!known) {
        log.info("{} in zone {} joined", beat.nodeId(), beat.zone());
      }
      peersChanged();
    }
  }

  private void peersChanged() {
    router.update(peers.all());
    catalog.peersAnnounce(peers.all()).forEach(this::fetch);
    publishView(ownBeat());
  }

  private void fetch(String nodeId, List<String> services) {
    ContextBus joined = bus;
    if (joined == null) {
      return;
    }
    CallContext call =
        CallContext.expiringAt(
            System.nanoTime() + DESCRIBE_DEADLINE.toNanos(), TraceContext.start(random));
    joined
        .call(NodeContract.describe(nodeId), new NodeContract.Describe(services), call)
        .onSuccess(described -> described.records().forEach(catalog::learned))
        .onFailure(
            failure -> {
              log.warn("{} did not describe {}: {}", nodeId, services, failure.getMessage());
              // The next change asks again; without one, ask when the node has had time.
              vertx.setTimer(
                  DESCRIBE_DEADLINE.toMillis(),
                  again -> catalog.peersAnnounce(peers.all()).forEach(this::fetch));
            });
  }

  private Future<NodeContract.Described> describe(NodeContract.Describe request, CallContext call) {
    return Future.succeededFuture(new NodeContract.Described(catalog.own(request.services())));
  }

  private void publishView(Heartbeat own) {
    List<NodeView> view = new ArrayList<>();
    view.add(view(own, true, false));
    for (Peer peer : peers.all()) {
      view.add(view(peer.beat(), false, peer.silent()));
    }
    view.sort((a, b) -> a.nodeId().compareTo(b.nodeId()));
    nodes = List.copyOf(view);
  }

  private static NodeView view(Heartbeat beat, boolean self, boolean silent) {
    return new NodeView(
        beat.nodeId(),
        beat.zone(),
        beat.state(),
        self,
        silent,
        beat.inFlight(),
        beat.httpPort(),
        beat.database(),
        beat.services());
  }
}
