package dev.starling.cluster;

import dev.starling.cluster.config.ClusterConfig;
import dev.starling.cluster.config.NodeConfig;
import dev.starling.cluster.management.Health;
import dev.starling.cluster.membership.Discovery;
import dev.starling.cluster.membership.JGroupsClusterManager;
import dev.starling.cluster.routing.HeartbeatExchange;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.transport.Transport;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x as a node uses it: one event loop for each core, native transport, and a cluster unless
 * the node stands alone.
 */
final class ClusteredVertx {
  private static final Logger log = LoggerFactory.getLogger(ClusteredVertx.class);

  private final Vertx vertx;
  private final Supplier<List<String>> members;
  private final List<Consumer<String>> leftListeners;
  private final ClusterSecurity security;

  private ClusteredVertx(
      Vertx vertx,
      Supplier<List<String>> members,
      List<Consumer<String>> leftListeners,
      ClusterSecurity security) {
    this.vertx = vertx;
    this.members = members;
    this.leftListeners = leftListeners;
    this.security = security;
  }

  static ClusteredVertx start(
      String nodeId, NodeConfig config, Health health, MeterRegistry meters) {
    ClusterSecurity security = ClusterSecurity.of(config.cluster(), InstantSource.system());
    security.warnings().forEach(log::warn);
    List<Consumer<String>> leftListeners = new CopyOnWriteArrayList<>();
    Transport transport = Sockets.transport(config.transport());
    log.info("Sockets are read and written by {}", transport.name());
    VertxBuilder builder =
        Vertx.builder().withTransport(transport).with(options(config.cluster(), security));
    if (config.cluster().standalone()) {
      return new ClusteredVertx(builder.build(), List::of, leftListeners, security);
    }
    JGroupsClusterManager membership =
        new JGroupsClusterManager(nodeId, ClusterConfig.membership(config), security.sockets());
    // With high availability off, which it is, Vert.x leaves this listener to us.
    membership.nodeListener(
        new NodeListener() {
          @Override
          public void nodeAdded(String id) {}

          @Override
          public void nodeLeft(String id) {
            leftListeners.forEach(listener -> listener.accept(id));
          }
        });
    Vertx vertx = Node.await(builder.withClusterManager(membership).buildClustered());
    vertx.exceptionHandler(new UncaughtFailures());
    MembershipMeters.register(membership, meters);
    security.watch(vertx, health, meters);
    health.add(
        "cluster",
        () ->
            membership.isActive()
                ? Future.succeededFuture()
                : Future.failedFuture("not a member of the cluster"));
    return new ClusteredVertx(vertx, membership::getNodes, leftListeners, security);
  }

  Vertx vertx() {
    return vertx;
  }

  /** How the idle links to other nodes are made. */
  HeartbeatExchange.Links links() {
    return security.links();
  }

  /** The ids of the cluster's members now; empty when the node stands alone. */
  List<String> members() {
    return members.get();
  }

  /** Calls {@code listener} with the id of each node that leaves the cluster. */
  void onNodeLeft(Consumer<String> listener) {
    leftListeners.add(listener);
  }

  static int eventLoops() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }

  private static VertxOptions options(ClusterConfig cluster, ClusterSecurity security) {
    // The stock time-outs (connect 60 s, ping 20 s) belong to another idea of failover.
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(cluster.host())
            .setPort(cluster.busPort())
            .setConnectTimeout(500)
            .setClusterPingInterval(1_000)
            .setClusterPingReplyInterval(1_500)
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setTcpNoDelay(true);
    Discovery.Seed advertised = cluster.advertised();
    if (advertised != null) {
      bus.setClusterPublicHost(advertised.host()).setClusterPublicPort(advertised.port());
    }
    return new VertxOptions()
        .setEventLoopPoolSize(eventLoops())
        .setEventBusOptions(security.secure(bus));
  }
}
