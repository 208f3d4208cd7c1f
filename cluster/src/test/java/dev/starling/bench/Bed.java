package dev.starling.bench;

import dev.starling.load.Database;
import dev.starling.load.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that are measured: on this host, in one cluster, with one PostgreSQL that the first of them
 * brings along, everything on each of them, and one policy file. Used from one thread.
 */
final class Bed implements AutoCloseable {
  private static final int MANAGEMENT_OFFSET = 10;
  private static final int CLUSTER_OFFSET = 20;

  /* Tokens outlive a run. */
  private static final String CONFIG =
      """
      auth:
        access-token-lifetime: 1d
        max-accepted-lifetime: 1d
      policies: %s
      """;

  /**
   * @param basePort of 40 successive ports that are used
   * @param launcher comes before the command of each node, e.g. to pin it to a core; may be empty
   * @param jvm flags of every node's JVM
   * @param environment further settings of every node
   * @param policies the policy file
   */
  record Spec(
      Path directory,
      int nodes,
      int basePort,
      List<String> launcher,
      List<String> jvm,
      Map<String, String> environment,
      String policies) {}

  private final Path policyFile;
  private final Database database;
  private final List<LabNode> nodes = new ArrayList<>();

  private Bed(Path policyFile, Path dataDirectory) {
    this.policyFile = policyFile;
    this.database = new Database(dataDirectory);
  }

  /** Starts the nodes and waits until each of them is ready and sees all. */
  static Bed start(Spec spec) {
    Path data = spec.directory.resolve("data").toAbsolutePath();
    Path policies = spec.directory.resolve("policies.yaml").toAbsolutePath();
    Bed bed = new Bed(policies, data);
    try {
      Path logs = Files.createDirectories(spec.directory.resolve("logs"));
      Files.writeString(policies, spec.policies);
      Path config =
          Files.writeString(spec.directory.resolve("starling.yaml"), CONFIG.formatted(policies));
      for (int i = 0; i < spec.nodes; i++) {
        LabNode node = new LabNode(node(spec, i, config, data), logs);
        bed.nodes.add(node);
        node.start();
        // The first starts the database, and the others find it running.
        node.awaitReady();
      }
      for (LabNode node : bed.nodes) {
        node.await("in a whole cluster", () -> serving(node) == spec.nodes);
      }
      return bed;
    } catch (IOException e) {
      bed.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      bed.close();
      throw e;
    }
  }

  List<LabNode> nodes() {
    return nodes;
  }

  /** Puts another policy file into force on every node. */
  void policies(String yaml) {
    try {
      Files.writeString(policyFile, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nodes.forEach(LabNode::reload);
  }

  @Override
  public void close() {
    nodes.forEach(LabNode::stopForGood);
    database.end();
  }

  private static LabNode.Spec node(Spec spec, int number, Path config, Path data) {
    int httpPort = spec.basePort + number;
    int managementPort = httpPort + MANAGEMENT_OFFSET;
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_MANAGEMENT_TOKEN", LabNode.MANAGEMENT_TOKEN);
    environment.put("STARLING_HTTP_HOST", "127.0.0.1");
    environment.put("STARLING_HTTP_PORT", "" + httpPort);
    environment.put("STARLING_MANAGEMENT_PORT", "" + managementPort);
    environment.put("STARLING_CLUSTER_PORT", "" + (spec.basePort + CLUSTER_OFFSET));
    environment.put("STARLING_CLUSTER_NAME", "bench-" + spec.basePort);
    environment.put("STARLING_DATA_DIR", data.toString());
    environment.putAll(spec.environment);
    return new LabNode.Spec(
        "node-" + (number + 1),
        "default",
        true,
        "127.0.0.1",
        httpPort,
        managementPort,
        spec.launcher,
        spec.jvm,
        List.of("run", "--config", config.toString()),
        Map.copyOf(environment));
  }

  private static long serving(LabNode node) {
    var cluster = node.cluster();
    if (cluster == null) {
      return 0;
    }
    long count = 0;
    for (var member : cluster.path("nodes")) {
      count += member.path("state").asText().equals("serving") ? 1 : 0;
    }
    return count;
  }
}
