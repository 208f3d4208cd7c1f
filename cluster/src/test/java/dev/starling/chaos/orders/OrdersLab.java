package dev.starling.chaos.orders;

import dev.starling.chaos.Layout;
import dev.starling.chaos.Namespaces;
import dev.starling.cluster.tls.CertificateAuthority;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.SignUps;
import dev.starling.load.User;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that takes orders: a node in each zone, each with an edge and the services that orders
 * need, and two databases outside of all zones.
 *
 * <p>Edge and services are together, unlike in the lab of the other faults: a node that is lost
 * takes calls with it that nobody can answer any more, and those are what this is about.
 */
final class OrdersLab implements AutoCloseable {
  private static final String NAME = "orders";
  private static final String NETWORK = "10.88.78";
  private static final int DATABASES_OFFSET = 220;

  /* Nobody is refused for what shoppers ask; what is shed is measured elsewhere. */
  private static final String POLICIES = "shedding: { enabled: false }\n" + LabFiles.OPEN;

  /**
   * @param basePort of 300 successive ports that are used
   * @param zones one node in each
   * @param network whether zones are network namespaces, which can be cut and need root
   * @param services besides the edge and those that every cluster has
   * @param jvm flags of every node's JVM
   * @param jar which nodes run; null for the one that was built
   */
  record Options(
      Path directory,
      int basePort,
      List<String> zones,
      boolean network,
      List<String> services,
      List<String> jvm,
      @Nullable Path jar) {}

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final List<LabNode> nodes = new ArrayList<>();
  private final Databases databases;
  private final @Nullable Namespaces network;
  private final ShardMoves moves;

  private OrdersLab(Options options) {
    try {
      network = options.network ? own(namespaces(options.directory)) : null;
      Layout layout = network == null ? Layout.loopback() : network;
      String databaseHost = network == null ? "127.0.0.1" : network.databaseHost();
      databases =
          own(
              new Databases(
                  options.directory.resolve("databases"),
                  databaseHost,
                  options.basePort + DATABASES_OFFSET));
      LabFiles files = LabFiles.write(options.directory, POLICIES, databases.shards());
      for (String zone : options.zones) {
        nodes.add(new LabNode(spec(options, layout, files, zone), files.logs()));
      }
      Path jar = options.jar;
      if (jar != null) {
        nodes.forEach(node -> node.run(jar));
      }
      // The first migrates the databases, and the others find that done.
      nodes.get(0).start();
      nodes.get(0).awaitReady();
      nodes.stream().skip(1).forEach(LabNode::start);
      awaitWhole();
      moves = new ShardMoves(nodes.get(0));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts everything and waits until each node sees all. */
  static OrdersLab start(Options options) {
    return new OrdersLab(options);
  }

  List<LabNode> nodes() {
    return nodes;
  }

  Databases databases() {
    return databases;
  }

  ShardMoves moves() {
    return moves;
  }

  /** Empty on loopback, where nothing can be cut. */
  Optional<Namespaces> network() {
    return Optional.ofNullable(network);
  }

  List<SocketAddress> edges() {
    return nodes.stream()
        .map(node -> SocketAddress.inetSocketAddress(node.httpPort(), node.host()))
        .toList();
  }

  List<User> signUp(int users) {
    return new SignUps(nodes.get(0)).create(users, "shopper");
  }

  void sell(Map<String, Long> stock) {
    new Clerk(nodes.get(0)).sell(stock);
  }

  /** Waits until every node is ready and trusts every other one. */
  void awaitWhole() {
    nodes.forEach(LabNode::awaitReady);
    for (LabNode node : nodes) {
      node.await("in a whole cluster", () -> node.serving() == nodes.size());
    }
  }

  @Override
  public void close() {
    nodes.forEach(LabNode::stopForGood);
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        System.err.println("while tidying up: " + e.getMessage());
      }
    }
  }

  private LabNode.Spec spec(Options options, Layout layout, LabFiles files, String zone) {
    int offset = options.zones.indexOf(zone);
    List<String> verticles = new ArrayList<>(List.of("edge", "auth", "rate-limiter", "users"));
    verticles.addAll(options.services);
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_VERTICLES", String.join(",", verticles));
    environment.put("STARLING_CLUSTER_PORT", "" + (options.basePort + 100));
    layout
        .seeds(options.basePort + 100)
        .ifPresent(seeds -> environment.put("STARLING_CLUSTER_SEEDS", seeds));
    environment.put("STARLING_CLUSTER_NAME", NAME + "-" + options.basePort);
    environment.put("STARLING_DATA_DIR", files.data().toString());
    environment.put("STARLING_POSTGRES_URI", databases.homeUri());
    environment.put("STARLING_ADMIN_EMAIL", Clerk.EMAIL);
    environment.put("STARLING_ADMIN_PASSWORD", Clerk.PASSWORD);
    for (String setting : layout.settings(zone)) {
      String[] nameAndValue = setting.split("=", 2);
      environment.put(nameAndValue[0], nameAndValue[1]);
    }
    return new LabNode.Spec(
        "node-" + zone,
        zone,
        true,
        layout.host(zone),
        options.basePort + offset,
        options.basePort + 10 + offset,
        layout.launcher(zone),
        options.jvm,
        files.config(),
        Map.copyOf(environment));
  }

  private static Namespaces namespaces(Path directory) {
    Path certificates = directory.resolve("certificates");
    CertificateAuthority.in(certificates, Instant.now()).issue("lab", Duration.ofDays(30));
    return Namespaces.create(
        NAME,
        NETWORK,
        List.of(
            "STARLING_CLUSTER_TLS_ENABLED=true",
            "STARLING_CLUSTER_TLS_CA=" + certificates.resolve("ca.crt"),
            "STARLING_CLUSTER_TLS_CERT=" + certificates.resolve("lab.crt"),
            "STARLING_CLUSTER_TLS_KEY=" + certificates.resolve("lab.key")));
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }
}
