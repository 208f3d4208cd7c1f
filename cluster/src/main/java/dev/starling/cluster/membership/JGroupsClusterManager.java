package dev.starling.cluster.membership;

import dev.starling.cluster.sockets.PeerSockets;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

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

  private final String nodeId;
  private final RegistrationTable table = new RegistrationTable();
  private final MembershipConfig config;
  private final OwnRegistrations own = new OwnRegistrations();
  private final Directory directory;
  private final ListenerCalls listeners;
  private final Membership membership;
  private volatile @Nullable Vertx vertx;
  private volatile @Nullable Context context;
  private volatile @Nullable NodeInfo ownInfo;

  /**
   * A manager that has not joined yet.
   *
   * @param nodeId 1..64 of {@code [A-Za-z0-9._-]}, unique and never reused
   * @param config where to listen and whom to look for
   * @param sockets with TLS or without; closed when this node leaves
   */
  public JGroupsClusterManager(String nodeId, MembershipConfig config, PeerSockets sockets) {
    MembershipConfig.checkName("node id", nodeId);
    this.nodeId = nodeId;
    this.config = config;
    this.directory = new Directory(nodeId, own, table);
    this.listeners = new ListenerCalls(directory);
    this.membership = new Membership(nodeId, config, sockets, own, table, listeners);
  }

  /** Who is in the cluster as this node sees it; for management. */
  public ClusterView view() {
    return membership.view();
  }

  /** The other nodes' registrations; for metrics. */
  public int registrations() {
    return table.size();
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
    listeners.nodeListener(listener);
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    listeners.registrationListener(listener);
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
    directory.nodeInfo(id, promise);
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
    promise.succeed(directory.registrations(address));
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
      case LOCAL -> membership.changedHere(address, () -> succeed(promise));
      case UNCHANGED -> promise.succeed();
      case ADDRESS_TOO_LONG ->
          promise.fail(
              failure(
                  "address: %d characters (expected: at most %d bytes of UTF-8)"
                      .formatted(address.length(), Registration.MAX_ADDRESS_BYTES)));
      case FULL ->
          promise.fail(
              failure(
                  "address %s: this node's registrations need more than %d bytes (expected: fewer"
                          .formatted(address, OwnRegistrations.MAX_STATE_BYTES)
                      + " clustered consumers, or local ones)"));
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
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof TimeoutException
                        ? new MembershipException(
                            "cannot %s: not done within %d s".formatted(what, seconds))
                        : failure))
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
}
