package dev.starling.cluster.membership;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.starling.cluster.TestForks;
import dev.starling.cluster.sockets.PeerSockets;
import dev.starling.cluster.sockets.Refusals;
import dev.starling.cluster.tls.TestCertificates;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;

/**
 * A clustered Vert.x on the real thing, with what the tests ask of it. Silent unless the system
 * property {@code starling.test.log} names a level.
 */
final class TestNode {
  static final DeliveryOptions SOON = new DeliveryOptions().setSendTimeout(1000);
  private static final Random RANDOM = new SecureRandom();

  static {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
        .setLevel(Level.toLevel(System.getProperty("starling.test.log"), Level.OFF));
  }

  final JGroupsClusterManager manager;
  final Vertx vertx;
  final List<String> news = new CopyOnWriteArrayList<>();

  private TestNode(MembershipConfig config, PeerSockets sockets)
      throws InterruptedException, TimeoutException {
    manager =
        new JGroupsClusterManager(
            "n-" + Long.toString(RANDOM.nextLong() >>> 24, 36), config, sockets);
    manager.nodeListener(
        new NodeListener() {
          @Override
          public void nodeAdded(String nodeId) {
            news.add("+" + nodeId);
          }

          @Override
          public void nodeLeft(String nodeId) {
            news.add("-" + nodeId);
          }
        });
    vertx =
        Await.result(Vertx.builder().with(options()).withClusterManager(manager).buildClustered());
  }

  static TestNode start(MembershipConfig config) throws InterruptedException, TimeoutException {
    return start(config, plain());
  }

  static TestNode start(MembershipConfig config, PeerSockets sockets)
      throws InterruptedException, TimeoutException {
    return new TestNode(config, sockets);
  }

  static PeerSockets plain() {
    return PeerSockets.plain(new Refusals(System::nanoTime));
  }

  /** Of the authority in {@code directory}, with a certificate of this process's own. */
  static PeerSockets tls(Path directory) {
    String name = "member-" + ProcessHandle.current().pid();
    return PeerSockets.tls(
        TestCertificates.in(directory, name).credentials(name).sslContext(),
        new Refusals(System::nanoTime));
  }

  static VertxOptions options() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(2)
        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1").setConnectTimeout(500));
  }

  /** A cluster of its own: a name and a port range that nothing uses at the moment. */
  static MembershipConfig freshCluster() {
    return MembershipConfig.defaults()
        .withCluster("test-" + UUID.randomUUID())
        .withPorts(freePorts(), 4);
  }

  /** The first of five free ports below the ephemeral range, of this process alone. */
  private static int freePorts() {
    int first = 24_000 + TestForks.number() % 2 * 3_000;
    for (int attempt = 0; attempt < 100; attempt++) {
      int base = first + RANDOM.nextInt(300) * 10;
      if (free(base) && free(base + 4)) {
        return base;
      }
    }
    throw new IllegalStateException("no free ports in 24000..30000");
  }

  private static boolean free(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  static ServerSocket occupy(int port) {
    try {
      return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String id() {
    return manager.getNodeId();
  }

  Set<String> nodes() {
    return new HashSet<>(manager.getNodes());
  }

  List<RegistrationInfo> registrations(String address)
      throws InterruptedException, TimeoutException {
    Promise<List<RegistrationInfo>> promise = Promise.promise();
    manager.getRegistrations(address, promise);
    return Await.result(promise.future());
  }

  List<String> servers(String address) {
    try {
      return registrations(address).stream().map(RegistrationInfo::nodeId).sorted().toList();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Serves {@code address} with this node's id. */
  void serve(String address) throws InterruptedException, TimeoutException {
    Await.result(
        vertx.eventBus().<String>consumer(address, message -> message.reply(id())).completion());
  }

  /** Who answers on {@code address}, or the failure's class name. */
  String ask(String address) {
    try {
      return Await.result(
          vertx
              .eventBus()
              .<String>request(address, "?", SOON)
              .map(message -> message.body())
              .otherwise(failure -> failure.getClass().getSimpleName()));
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  void close() throws InterruptedException, TimeoutException {
    Await.result(vertx.close());
  }
}
