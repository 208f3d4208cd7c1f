package dev.starling.bench;

import dev.starling.load.Database;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that are measured: on this host, in one cluster, with one PostgreSQL that the first of them
 * brings along, everything on each of them, and one policy file. Used from one thread.
 */
public final class Bed implements AutoCloseable {
  private static final int MANAGEMENT_OFFSET = 10;
  private static final int CLUSTER_OFFSET = 20;

  /**
   * @param basePort of 40 successive ports that are used
   * @param launcher comes before the command of each node, e.g. to pin it to a core; may be empty
   * @param jvm flags of every node's JVM
   * @param environment further settings of every node
   * @param policies the policy file
   */
  public record Spec(
      Path directory,
      int nodes,
      int basePort,
      List<String> launcher,
      List<String> jvm,
      Map<String, String> environment,
      String policies) {}

  private final LabFiles files;
  private final Database database;
  private final List<LabNode> nodes = new ArrayList<>();

  private Bed(LabFiles files) {
    this.files = files;
    this.database = new Database(files.data());
  }

  /** Starts the nodes and waits until each of them is ready and sees all. */
  public static Bed start(Spec spec) {
    Bed bed = new Bed(LabFiles.write(spec.directory, spec.policies));
    try {
      for (int i = 0; i < spec.nodes; i++) {
        LabNode node = new LabNode(node(spec, i, bed.files), bed.files.logs());
        bed.nodes.add(node);
        node.start();
        // The first starts the database, and the others find it running.
        node.awaitReady();
      }
      for (LabNode node : bed.nodes) {
        node.await("in a whole cluster", () -> node.serving() == spec.nodes);
      }
      return bed;
    } catch (RuntimeException e) {
      bed.close();
      throw e;
    }
  }

  public List<LabNode> nodes() {
    return nodes;
  }

  public Database database() {
    return database;
  }

  /** Puts another policy file into force on every node. */
  public void policies(String yaml) {
    files.policy(yaml);
    nodes.forEach(LabNode::reload);
  }

  @Override
  public void close() {
    nodes.forEach(LabNode::stopForGood);
    database.end();
  }

  private static LabNode.Spec node(Spec spec, int number, LabFiles files) {
    int httpPort = spec.basePort + number;
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_CLUSTER_PORT", "" + (spec.basePort + CLUSTER_OFFSET));
    environment.put("STARLING_CLUSTER_NAME", "bench-" + spec.basePort);
    environment.put("STARLING_DATA_DIR", files.data().toString());
    environment.putAll(spec.environment);
    return new LabNode.Spec(
        "node-" + (number + 1),
        "default",
        true,
        "127.0.0.1",
        httpPort,
        httpPort + MANAGEMENT_OFFSET,
        spec.launcher,
        spec.jvm,
        files.config(),
        Map.copyOf(environment));
  }
}
