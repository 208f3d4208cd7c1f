package dev.starling.cluster.membership;

import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Vert.x cluster manager of a Starling node: membership and registrations over JGroups.
 *
 * <p>One instance serves one Vert.x. The node id must be unique and must never be used again, not
 * even after a restart: others tell old news from new by it. Thread-safe; no method blocks. Joining
 * and leaving run on Vert.x worker threads and end after {@value #JOIN_SECONDS} and {@value
 * #LEAVE_SECONDS} seconds at the latest. Registration and node listeners are called on the
 * membership thread, one call at a time, with no lock held; they must not block.
 *
 * <p>A registration or its removal completes when every member has it, or after three seconds: it
 * stands either way. Look-ups answer from memory at once; a node that is not in the view, or has
 * not announced itself yet, is a failure. Maps, locks and counters fail with {@link
 * UnsupportedOperationException} (docs/adr/0004-cluster-manager.md).
 */
public final class JGroupsClusterManager implements ClusterManager {
  /** Ten attempts of two half-second rounds each, as the stack has it, and some for the sockets. */
  private static final long JOIN_SECONDS = 20;

  private static final long LEAVE_SECONDS = 5;
  private static final int MAX_HOST_BYTES = 255;
  private static final int MAX_METADATA_BYTES = 16 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsClusterManager.class);

  private final String nodeId;
  private final MembershipConfig config;
  private final OwnRegistrations own = new OwnRegistrations();
  private final RegistrationTable table = new RegistrationTable();
  private final Membership membership;
  private volatile @Nullable Vertx vertx;
  private volatile @Nullable Context context;
  private volatile @Nullable NodeInfo ownInfo;
  private volatile @Nullable NodeListener nodeListener;
  private volatile RegistrationListener registrationListener = new RegistrationListener() {};

  /**
   * A manager that has not joined yet.
   *
   * @param nodeId 1..64 of {@code [A-Za-z0-9._-]}, unique and never reused
   * @param config where to listen and whom to look for
   */
  public JGroupsClusterManager(String nodeId, MembershipConfig config) {
    MembershipConfig.checkName("node id", nodeId);
    this.nodeId = nodeId;
    this.config = config;
    this.membership = new Membership(nodeId, config, own, table, new ListenerCalls());
  }

  /** Who is in the cluster as this node sees it; for management. */
  public ClusterView view() {
    return membership.view();
  }

  /** What went wrong between members so far; for metrics. */
  public MembershipCounters counters() {
    return membership.counters();
  }

  @Override
  public void init(Vertx instance) {
    vertx = instance;
    context = instance.getOrCreateContext();
  }

  @Override
  public void join(Completable<Void> promise) {
    onWorker(membership::join, "join cluster " + config.cluster(), JOIN_SECONDS, promise);
  }

  @Override
  public void leave(Completable<Void> promise) {
    onWorker(membership::leave, "leave cluster " + config.cluster(), LEAVE_SECONDS, promise);
  }

  @Override
  public boolean isActive() {
    return membership.active();
  }

  @Override
  public String clusterHost() {
    return config.host();
  }

  @Override
  public String getNodeId() {
    return nodeId;
  }

  @Override
  public List<String> getNodes() {
    return membership.nodeIds();
  }

  @Override
  public void nodeListener(NodeListener listener) {
    nodeListener = listener;
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    registrationListener = listener;
  }

  @Override
  public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
    String metadata = info.metadata() == null ? null : info.metadata().encode();
    if (MessageWire.utf8(info.host()).length > MAX_HOST_BYTES) {
      promise.fail("host: %s (expected: at most 255 bytes)".formatted(info.host()));
    } else if (metadata != null && MessageWire.utf8(metadata).length > MAX_METADATA_BYTES) {
      promise.fail(
          "node metadata: %d characters (expected: at most %d bytes)"
              .formatted(metadata.length(), MAX_METADATA_BYTES));
    } else {
      ownInfo = info;
      own.endpoint(new Endpoint(info.host(), info.port(), metadata));
      membership.changed(Set.of(), own.version(), () -> succeed(promise));
    }
  }

  @Override
  public @Nullable NodeInfo getNodeInfo() {
    return ownInfo;
  }

  @Override
  public void getNodeInfo(String id, Completable<NodeInfo> promise) {
    if (id.equals(nodeId) && ownInfo != null) {
      promise.succeed(ownInfo);
      return;
    }
    table
        .state(id)
        .flatMap(NodeState::endpoint)
        .ifPresentOrElse(
            endpoint -> complete(endpoint, promise),
            () -> promise.fail(failure("node %s: not a member of the cluster".formatted(id))));
  }

  @Override
  public void addRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
    spread(address, own.add(address, info.seq(), info.localOnly()), promise);
  }

  @Override
  public void removeRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
    spread(address, own.remove(address, info.seq()), promise);
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    promise.succeed(registrations(address));
  }

  @Override
  public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
    promise.fail(unsupported("map", name));
  }

  @Override
  public <K, V> Map<K, V> getSyncMap(String name) {
    throw unsupported("map", name);
  }

  @Override
  public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
    promise.fail(unsupported("lock", name));
  }

  @Override
  public void getCounter(String name, Completable<Counter> promise) {
    promise.fail(unsupported("counter", name));
  }

  /** For tests that cut this node off. */
  ClusterChannel channel() {
    return membership.channel();
  }

  private void spread(String address, OwnRegistrations.Outcome outcome, Completable<Void> promise) {
    switch (outcome) {
      case SHARED -> membership.changed(Set.of(address), own.version(), () -> succeed(promise));
      case LOCAL -> {
        membership.changedHere(address);
        promise.succeed();
      }
      case UNCHANGED -> promise.succeed();
      case BAD_ADDRESS ->
          promise.fail(
              failure(
                  "address: %d characters (expected: 1..%d bytes)"
                      .formatted(address.length(), Registration.MAX_ADDRESS_BYTES)));
      case FULL ->
          promise.fail(
              failure(
                  "address %s: this node's registrations need more than %d bytes (expected: fewer"
                          .formatted(address, OwnRegistrations.MAX_STATE_BYTES)
                      + " clustered consumers, or local ones)"));
    }
  }

  private List<RegistrationInfo> registrations(String address) {
    List<RegistrationInfo> all = new ArrayList<>();
    own.registrations(address)
        .forEach(mine -> all.add(new RegistrationInfo(nodeId, mine.seq(), mine.localOnly())));
    table
        .registrations(address)
        .forEach(other -> all.add(new RegistrationInfo(other.nodeId(), other.seq(), false)));
    return all;
  }

  private static void complete(Endpoint endpoint, Completable<NodeInfo> promise) {
    try {
      String metadata = endpoint.metadata();
      promise.succeed(
          new NodeInfo(
              endpoint.host(),
              endpoint.port(),
              metadata == null ? null : new JsonObject(metadata)));
    } catch (DecodeException e) {
      promise.fail(e);
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private void onWorker(Step step, String what, long seconds, Completable<Void> promise) {
    Vertx instance = vertx;
    if (instance == null) {
      promise.fail(failure("cannot " + what + ": not initialised by Vert.x"));
      return;
    }
    instance
        .<Void>executeBlocking(
            () -> {
              step.run();
              return null;
            },
            false)
        .timeout(seconds, TimeUnit.SECONDS)
        .onComplete(promise);
  }

  /** Completes on an event loop, so that what waits for it never runs on the membership thread. */
  private void succeed(Completable<Void> promise) {
    try {
      Objects.requireNonNull(context, "not initialised by Vert.x")
          .runOnContext(ignored -> promise.succeed());
    } catch (RejectedExecutionException e) {
      promise.succeed(); // the event loops are closed already
    }
  }

  private static VertxException failure(String message) {
    return VertxException.noStackTrace(message);
  }

  private static UnsupportedOperationException unsupported(String kind, String name) {
    return new UnsupportedOperationException(
        "cluster-wide %s \"%s\": not offered, because it would be unsafe in a split cluster"
                .formatted(kind, name)
            + " (expected: the database; see docs/adr/0004-cluster-manager.md)");
  }

  /** Turns news into calls of the Vert.x listeners, on the membership thread. */
  private final class ListenerCalls implements MembershipProtocol.Observer {
    @Override
    public void nodeAdded(String id) {
      tellNodeListener(listener -> listener.nodeAdded(id));
    }

    @Override
    public void nodeLeft(String id) {
      tellNodeListener(listener -> listener.nodeLeft(id));
    }

    @Override
    public void registrationsChanged(Set<String> addresses) {
      RegistrationListener listener = registrationListener;
      for (String address : addresses) {
        try {
          // Asked only now: whoever starts to want updates after this reads the tables after it
          // too.
          if (listener.wantsUpdatesFor(address)) {
            listener.registrationsUpdated(
                new RegistrationUpdateEvent(address, registrations(address)));
          }
        } catch (RuntimeException e) {
          LOG.error("The registration listener failed on {}", address, e);
        }
      }
    }

    private void tellNodeListener(Consumer<NodeListener> call) {
      NodeListener listener = nodeListener;
      try {
        if (listener != null) {
          call.accept(listener);
        }
      } catch (RuntimeException e) {
        LOG.error("The node listener failed", e);
      }
    }
  }
}
