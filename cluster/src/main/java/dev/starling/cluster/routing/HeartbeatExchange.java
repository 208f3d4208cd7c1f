package dev.starling.cluster.routing;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusNode;
import dev.starling.bus.CallContext;
import dev.starling.bus.ContextBus;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Safeguard;
import dev.starling.bus.TraceContext;
import dev.starling.bus.WireVersions;
import dev.starling.cluster.routing.PeerTable.Transition;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.node.NodeContract;
import dev.starling.contract.node.NodeContract.Canary;
import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes this node's heartbeat, listens to those of others, and keeps the router, the catalog
 * and the bus in step with what it makes of them.
 *
 * <p>Threading: everything happens on one context of its own, so that a busy service cannot delay a
 * heartbeat by more than its loop is busy; {@link #nodes} may be read from any thread.
 */
public final class HeartbeatExchange implements Deployable {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** Finer than a heartbeat, so that silence is noticed soon after the patience has run out. */
  private static final Duration TICK = Duration.ofMillis(20);

  private static final int TICKS_PER_BEAT = (int) INTERVAL.dividedBy(TICK);
  private static final int TICKS_PER_LOOK = (int) Duration.ofSeconds(1).dividedBy(TICK);
  private static final Duration HEARING = Duration.ofSeconds(3);
  private static final Duration CANARY_DEADLINE = Duration.ofMillis(300);
  private static final Duration DESCRIBE_DEADLINE = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(HeartbeatExchange.class);

  /**
   * What this node says of itself besides what the bus knows.
   *
   * @param host the address that its cluster ports are bound to
   * @param httpPort zero when it runs no edge
   * @param database names the database that its services write to; empty for none
   */
  public record Identity(String nodeId, String zone, String host, int httpPort, String database) {}

  /** How the sentinel's idle connections are made; TLS when the cluster has it. */
  public record Links(NetServerOptions server, NetClientOptions client) {
    public static Links plain() {
      return new Links(new NetServerOptions(), new NetClientOptions());
    }
  }

  /**
   * A live node as this one sees it.
   *
   * @param self true for this node
   * @param says what it says of itself
   * @param state what this node makes of it
   * @param inFlight calls that its own instances have not answered, as it says
   * @param services without those that are reached on this node alone
   */
  public record NodeView(
      String nodeId,
      String zone,
      Heartbeat.State says,
      PeerState state,
      boolean self,
      int inFlight,
      int httpPort,
      String database,
      List<Heartbeat.Service> services) {

    /** Whether it says that it runs the service. */
    public boolean runs(String service) {
      return services.stream().anyMatch(running -> running.name().equals(service));
    }
  }

  private final Vertx vertx;
  private final BusNode busNode;
  private final Identity identity;
  private final Links links;
  private final PeerTable peers;
  private final LadderRouter router;
  private final ClusterCatalog catalog = new ClusterCatalog(System::nanoTime);
  private final SecureRandom random = new SecureRandom();
  private final List<Bus.Registration> registrations = new ArrayList<>();
  private final Set<String> canariesOut = new HashSet<>();
  private final UnreachedMembers unreached = new UnreachedMembers();
  private final Supplier<? extends Collection<String>> members;

  /** Nodes whose process has ended, until the cluster's view has dropped them too. */
  private final Set<String> ended = new HashSet<>();

  private volatile Heartbeat.State state = Heartbeat.State.JOINING;
  private volatile List<NodeView> nodes = List.of();
  private volatile @Nullable ContextBus bus;
  private volatile @Nullable Context context;
  private @Nullable LinkSentinel sentinel;
  private int sentinelPort;
  private long timer;
  private long ticks;
  private long sequence;

  /**
   * @param members the ids of the cluster's members now, this node's among them
   */
  public HeartbeatExchange(
      Vertx vertx,
      BusNode busNode,
      Identity identity,
      Links links,
      Supplier<? extends Collection<String>> members) {
    this.members = members;
    this.vertx = vertx;
    this.busNode = busNode;
    this.identity = identity;
    this.links = links;
    this.peers =
        new PeerTable(
            identity.nodeId(),
            busNode.isOn(Safeguard.SUSPICION)
                ? PeerTable.Limits.defaults()
                : PeerTable.Limits.unlimited(),
            this::changedState);
    this.router = new LadderRouter(busNode.localInstances(), identity.zone());
  }

  public ServiceCatalog catalog() {
    return catalog;
  }

  /** This node and every other one that is in the cluster, ordered by id. */
  public List<NodeView> nodes() {
    return nodes;
  }

  public boolean isServing() {
    return state == Heartbeat.State.SERVING;
  }

  /** What this node says of itself from now on; peers hear it at once. */
  public void enter(Heartbeat.State newState) {
    state = newState;
    onContext(this::beat);
  }

  /** A node left the cluster's view. Callable from any thread. */
  public void nodeLeft(String nodeId) {
    onContext(() -> peers.lost(nodeId, "left the cluster"));
  }

  /**
   * Waits until every member of the cluster has been heard, so that who joins knows who is there;
   * for {@link #HEARING} at the most, because a member may be frozen.
   */
  public Future<List<NodeView>> heardAll() {
    Promise<List<NodeView>> promise = Promise.promise();
    long end = System.nanoTime() + HEARING.toNanos();
    // On the context: a timer that fires before another thread has got its id cannot be cancelled.
    onContext(
        () ->
            vertx.setPeriodic(
                TICK.toMillis(),
                poll -> {
                  List<NodeView> heard = nodes;
                  Set<String> ids =
                      heard.stream().map(NodeView::nodeId).collect(Collectors.toSet());
                  if (ids.containsAll(members.get()) || System.nanoTime() - end > 0) {
                    vertx.cancelTimer(poll);
                    promise.complete(heard);
                  }
                }));
    return promise.future();
  }

  /** Serves a further address of this node from this context. Callable from any thread. */
  public <Q, R> Future<Void> serve(Address<Q, R> address, Bus.Responder<Q, R> responder) {
    return withBus(joined -> register(joined.serve(address, responder)).mapEmpty());
  }

  /** Calls a node from this context. Callable from any thread. */
  public <Q, R> Future<R> call(Address<Q, R> address, Q request, Duration limit) {
    return withBus(joined -> joined.call(address, request, expiringIn(limit)));
  }

  @Override
  public Future<?> deploy(Context newContext) {
    context = newContext;
    ContextBus joined = busNode.join(newContext);
    bus = joined;
    LinkSentinel watch =
        new LinkSentinel(
            vertx, links.server(), links.client(), this::linkClosed, this::processEnded);
    sentinel = watch;
    busNode.routeWith(router);
    return watch
        .listen(identity.host())
        .onSuccess(port -> sentinelPort = port)
        .compose(
            listening ->
                Future.all(
                    register(joined.subscribe(Heartbeat.TOPIC, this::heard)),
                    register(
                        joined.serve(NodeContract.describe(identity.nodeId()), this::describe)),
                    register(
                        joined.serve(NodeContract.describeV2(identity.nodeId()), this::describeV2)),
                    register(
                        joined.serve(
                            NodeContract.canary(identity.nodeId()),
                            (canary, call) -> Future.succeededFuture(canary)))))
        .onSuccess(
            ready -> {
              beat();
              timer = vertx.setPeriodic(TICK.toMillis(), tick -> tick());
            });
  }

  @Override
  public Future<?> undeploy(Context oldContext) {
    vertx.cancelTimer(timer);
    ContextBus joined = bus;
    LinkSentinel watch = sentinel;
    Future<?> closed = Future.join(registrations.stream().map(Bus.Registration::close).toList());
    if (watch != null) {
      closed = closed.eventually(watch::close);
    }
    return joined == null ? closed : closed.eventually(joined::close);
  }

  private Future<Bus.Registration> register(Future<Bus.Registration> registration) {
    return registration.onSuccess(registrations::add);
  }

  private void tick() {
    long now = System.nanoTime();
    peers.tick(now);
    if (++ticks % TICKS_PER_BEAT == 0) {
      beat();
      peers.canaries(now).forEach(this::sendCanary);
    }
    if (ticks % TICKS_PER_LOOK == 0) {
      unreached.look(others(), peers.all(), now).forEach(log::warn);
    }
  }

  private void beat() {
    ContextBus joined = bus;
    if (joined != null) {
      Heartbeat own = ownBeat();
      /*
       * One send for each, and not a publication: Vert.x completes the promise of a publication once
       * for every node that cannot be reached, and logs a stack trace from the second time on.
       */
      Set<String> others = others();
      agreeOnVersion(others);
      joined.publishTo(others, Heartbeat.TOPIC, own);
      publishView(own);
    }
  }

  /** The members besides this node whose processes run as far as is known. */
  private Set<String> others() {
    Set<String> others = new HashSet<>(members.get());
    ended.retainAll(others);
    others.removeAll(ended);
    others.remove(identity.nodeId());
    return others;
  }

  private void agreeOnVersion(Set<String> others) {
    List<Integer> newest = new ArrayList<>();
    Set<String> unheard = new HashSet<>(others);
    for (Peer peer : peers.all()) {
      newest.add(peer.beat().wireVersion());
      unheard.remove(peer.nodeId());
    }
    if (!unheard.isEmpty()) {
      newest.add(WireVersions.OLDEST);
    }
    busNode.wireVersions().agree(newest);
  }

  private Heartbeat ownBeat() {
    List<Heartbeat.Service> services = new ArrayList<>();
    busNode
        .localInstances()
        .counts()
        .forEach(
            (name, instances) -> {
              // Others find these by its id; what it does for them in a service is announced.
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
        identity.host(),
        sentinelPort,
        busNode.localInstances().inFlight(),
        identity.httpPort(),
        busNode.wireVersions().newest(),
        identity.database(),
        services);
  }

  private void heard(Heartbeat beat) {
    if (beat.nodeId().equals(identity.nodeId())) {
      return;
    }
    busNode.observeClock(beat.nodeId(), beat.sentAtMicros());
    LinkSentinel watch = sentinel;
    if (watch != null) {
      watch.watch(beat.nodeId(), beat.host(), beat.sentinelPort());
    }
    if (peers.heard(beat, System.nanoTime())) {
      peersChanged();
    }
  }

  private void linkClosed(String nodeId) {
    if (busNode.isOn(Safeguard.LINKS)) {
      peers.linkClosed(nodeId);
    }
  }

  private void processEnded(String nodeId) {
    if (!busNode.isOn(Safeguard.LINKS)) {
      return;
    }
    ended.add(nodeId);
    peers.lost(nodeId, "closed its link: its process ended");
  }

  private void changedState(Transition transition) {
    log.info(
        "{}: {} -> {}: {}",
        transition.nodeId(),
        transition.from() == null ? "unknown" : transition.from(),
        transition.to(),
        transition.reason());
    // The router first: what is sent again must not choose the same node.
    peersChanged();
    if (transition.to() == PeerState.GONE) {
      LinkSentinel watch = sentinel;
      if (watch != null) {
        watch.forget(transition.nodeId());
      }
      busNode.nodeLost(transition.nodeId());
    } else if (transition.to() == PeerState.SUSPECT) {
      busNode.nodeSuspected(transition.nodeId());
    }
  }

  private void peersChanged() {
    router.update(peers.all());
    catalog.peersAnnounce(peers.all()).forEach(this::fetch);
  }

  private void sendCanary(String nodeId) {
    ContextBus joined = bus;
    if (joined == null || !canariesOut.add(nodeId)) {
      return;
    }
    // Not safe to retry: it is to find out about this node and no other.
    CallContext call = expiringIn(CANARY_DEADLINE).withSafeToRetry(false);
    joined
        .call(NodeContract.canary(nodeId), new Canary(sequence), call)
        .onComplete(
            answered -> {
              canariesOut.remove(nodeId);
              if (answered.succeeded()) {
                peers.canaryAnswered(nodeId);
              } else {
                peers.canaryMissed(nodeId);
                unreached.canaryFailed(nodeId, String.valueOf(answered.cause()));
              }
            });
  }

  private void fetch(String nodeId, List<String> services) {
    ContextBus joined = bus;
    if (joined == null) {
      return;
    }
    NodeContract.Describe request = new NodeContract.Describe(services);
    joined
        .call(NodeContract.describeV2(nodeId), request, expiringIn(DESCRIBE_DEADLINE))
        // A node of before has version 1 only.
        .recover(
            failure ->
                isUnknownThere(failure)
                    ? joined.call(
                        NodeContract.describe(nodeId), request, expiringIn(DESCRIBE_DEADLINE))
                    : Future.failedFuture(failure))
        .onSuccess(described -> described.records().forEach(catalog::learned))
        .onFailure(
            failure -> {
              log.warn("{} did not describe {}: {}", nodeId, services, failure.getMessage());
              vertx.setTimer(
                  DESCRIBE_DEADLINE.toMillis(),
                  again -> catalog.peersAnnounce(peers.all()).forEach(this::fetch));
            });
  }

  private static boolean isUnknownThere(Throwable failure) {
    return failure instanceof BusException known && known.code() == ErrorCode.UNAVAILABLE;
  }

  /** To a node that has version 1 only, so without what that has no words for. */
  private Future<NodeContract.Described> describe(NodeContract.Describe request, CallContext call) {
    return Future.succeededFuture(
        new NodeContract.Described(
            catalog.own(request.services()).stream().filter(ServiceRecord::isPlain).toList()));
  }

  private Future<NodeContract.Described> describeV2(
      NodeContract.Describe request, CallContext call) {
    return Future.succeededFuture(new NodeContract.Described(catalog.own(request.services())));
  }

  private void publishView(Heartbeat own) {
    List<NodeView> view = new ArrayList<>();
    view.add(view(own, PeerState.SERVING, true));
    for (Peer peer : peers.all()) {
      view.add(view(peer.beat(), peer.state(), false));
    }
    view.sort((a, b) -> a.nodeId().compareTo(b.nodeId()));
    nodes = List.copyOf(view);
  }

  private CallContext expiringIn(Duration limit) {
    return CallContext.expiringAt(System.nanoTime() + limit.toNanos(), TraceContext.start(random));
  }

  private <T> Future<T> withBus(Function<ContextBus, Future<T>> use) {
    ContextBus joined = bus;
    Context own = context;
    if (joined == null || own == null) {
      return Future.failedFuture(new IllegalStateException("the exchange is not deployed"));
    }
    Promise<T> done = Promise.promise();
    own.runOnContext(now -> use.apply(joined).onComplete(done));
    return done.future();
  }

  private void onContext(Runnable work) {
    Context own = context;
    if (own != null) {
      own.runOnContext(now -> work.run());
    }
  }

  private static NodeView view(Heartbeat beat, PeerState made, boolean self) {
    return new NodeView(
        beat.nodeId(),
        beat.zone(),
        beat.state(),
        made,
        self,
        beat.inFlight(),
        beat.httpPort(),
        beat.database(),
        beat.services().stream()
            .filter(service -> !NodeContract.isOfOneNode(service.name()))
            .toList());
  }
}
