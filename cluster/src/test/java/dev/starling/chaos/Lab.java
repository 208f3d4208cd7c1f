package dev.starling.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.load.Database;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of six nodes in three zones: in each a node with the services and one with an edge.
 * Services and edges are apart, because a node prefers itself: a fault of a node that only serves
 * itself would not matter to anybody else.
 */
final class Lab implements AutoCloseable {
  static final List<String> ZONES = List.of("a", "b", "c");
  private static final int WATCH_MILLIS = 100;
  private static final String SERVICES = "auth,rate-limiter,users,ping";

  /*
   * Nobody is refused for what the generator sends. Seven JVMs on two cores are late whatever the
   * load is; that they shed is measured elsewhere.
   */
  private static final String POLICIES = "shedding: { enabled: false }\n" + LabFiles.OPEN;

  private final LabFiles files;
  private final Database database;
  private final List<LabNode> nodes = new ArrayList<>();

  private Lab(LabFiles files) {
    this.files = files;
    this.database = new Database(files.data());
  }

  /** Starts the nodes, the services first, and waits until each sees all. */
  static Lab start(Layout layout, Arena.Options options) {
    Lab lab = new Lab(LabFiles.write(options.directory(), POLICIES + options.policies()));
    try {
      for (boolean edge : new boolean[] {false, true}) {
        for (String zone : ZONES) {
          lab.nodes.add(new LabNode(lab.spec(layout, zone, edge, options), lab.files.logs()));
        }
      }
      lab.nodes.forEach(options.prepare());
      // The first starts the database, and the others find it running.
      lab.nodes.get(0).start();
      lab.nodes.get(0).awaitReady();
      lab.nodes.stream().skip(1).forEach(LabNode::start);
      lab.awaitWhole();
      return lab;
    } catch (RuntimeException e) {
      lab.close();
      throw e;
    }
  }

  List<LabNode> nodes() {
    return nodes;
  }

  List<LabNode> services() {
    return nodes.stream().filter(node -> !node.isEdge()).toList();
  }

  List<LabNode> edges() {
    return nodes.stream().filter(LabNode::isEdge).toList();
  }

  LabNode service(String zone) {
    return services().stream().filter(node -> node.zone().equals(zone)).findFirst().orElseThrow();
  }

  /** One with the services that is not that one. */
  LabNode other(LabNode than) {
    return services().stream().filter(node -> node != than).findFirst().orElseThrow();
  }

  /** Waits until every node is ready and trusts every other one. */
  void awaitWhole() {
    nodes.forEach(LabNode::awaitReady);
    for (LabNode node : nodes) {
      node.await("in a whole cluster", () -> node.serving() == nodes.size());
    }
  }

  /** The id of a node, as it says itself. */
  static String id(LabNode node) {
    JsonNode cluster = node.cluster();
    if (cluster == null) {
      throw new IllegalStateException(node.name() + " does not say who it is");
    }
    return cluster.path("self").asText();
  }

  /** What a node makes of the one with that id: its state; null when it has gone. */
  static @Nullable String stateOf(String id, LabNode asked) {
    return members(asked)
        .filter(member -> member.path("id").asText().equals(id))
        .map(member -> member.path("state").asText())
        .findFirst()
        .orElse(null);
  }

  /**
   * Asks the nodes with the services until then whom they see; which of these ids were missing at
   * one of them. A node that does not answer sees nobody.
   */
  Set<String> evicted(Collection<String> ids, long untilNanos) {
    Set<String> evicted = new HashSet<>();
    while (System.nanoTime() - untilNanos < 0) {
      for (LabNode node : services()) {
        Set<String> missing = new HashSet<>(ids);
        members(node).map(member -> member.path("id").asText()).forEach(missing::remove);
        evicted.addAll(missing);
      }
      Pause.millis(WATCH_MILLIS);
    }
    return evicted;
  }

  /** Requests from other nodes that each node has taken since it was started. */
  Map<LabNode, Double> received() {
    Map<LabNode, Double> counts = new HashMap<>();
    for (LabNode node : services()) {
      if (node.isAlive()) {
        counts.put(node, node.metric("bus_requests_received_total", "service=\"users\""));
      }
    }
    return counts;
  }

  /** The process of the database that the nodes share. */
  long databasePid() {
    return database.pid();
  }

  /** Ends every node, the frozen ones too, and then the database that they leave behind. */
  @Override
  public void close() {
    for (LabNode node : nodes) {
      node.stopForGood();
    }
    database.end();
  }

  private LabNode.Spec spec(Layout layout, String zone, boolean edge, Arena.Options options) {
    int basePort = options.basePort();
    String name = (edge ? "edge-" : "services-") + zone;
    int offset = ZONES.indexOf(zone) + (edge ? ZONES.size() : 0);
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_VERTICLES", edge ? "edge" : SERVICES);
    environment.put("STARLING_CLUSTER_PORT", "" + (basePort + 100));
    layout
        .seeds(basePort + 100)
        .ifPresent(seeds -> environment.put("STARLING_CLUSTER_SEEDS", seeds));
    environment.put("STARLING_CLUSTER_NAME", "chaos-" + basePort);
    environment.put("STARLING_DATA_DIR", files.data().toString());
    Stream.concat(layout.settings(zone).stream(), options.settings().stream())
        .map(setting -> setting.split("=", 2))
        .forEach(setting -> environment.put(setting[0], setting[1]));
    return new LabNode.Spec(
        name,
        zone,
        edge,
        layout.host(zone),
        basePort + offset,
        basePort + 10 + offset,
        layout.launcher(zone),
        options.jvm(),
        files.config(),
        Map.copyOf(environment));
  }

  private static Stream<JsonNode> members(LabNode asked) {
    JsonNode cluster = asked.cluster();
    return cluster == null
        ? Stream.empty()
        : StreamSupport.stream(cluster.path("nodes").spliterator(), false);
  }
}
