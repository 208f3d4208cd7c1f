package dev.starling.bench.fusion;

import dev.starling.bench.Bed;
import dev.starling.bench.Checks;
import dev.starling.load.LabFiles;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run was told, and where it says what it found.
 *
 * @param home for data and logs, a directory for each part in it
 * @param seconds for which load is measured
 * @param warmUpSeconds of the same load before
 * @param users of the load, each with three devices
 * @param rate events in a second, of all users together
 * @param batch events that a device sends together
 * @param connections over which they are posted
 * @param sockets users whose devices send over a WebSocket instead
 * @param watched users whose devices are watched for their commands
 * @param latenessMillis the nodes' {@code fusion.lateness} under load
 * @param speakers users who say something when a node is killed
 * @param jvm flags of the nodes' JVMs
 * @param basePort of 40 successive ports that are used
 */
record Setting(
    Path home,
    int seconds,
    int warmUpSeconds,
    int users,
    int rate,
    int batch,
    int connections,
    int sockets,
    int watched,
    int latenessMillis,
    int speakers,
    List<String> jvm,
    int basePort,
    PrintStream out,
    Checks checks) {
  /** What fusion needs, and nothing else. */
  static final String SERVICES =
      "edge,auth,users,rate-limiter,outbox,inference,text-features,image-features,"
          + "fusion,devices,device-webhooks";

  /** Nodes, a database and a generator that share two cores are late, whatever they do. */
  private static final String POLICIES = "shedding: { enabled: false }\n" + LabFiles.OPEN;

  /** A directory for one part of the run. */
  Path home(String part) {
    return home.resolve(part);
  }

  /** Starts nodes for a part; their traffic policy refuses nobody. */
  Bed start(String part, int nodes, int lateness) {
    return start(part, nodes, lateness, Map.of());
  }

  /**
   * Likewise.
   *
   * @param settings more of them, as variables of the environment
   */
  Bed start(String part, int nodes, int lateness, Map<String, String> settings) {
    note("%s: starting %d node(s); logs are in %s", part, nodes, home(part).resolve("logs"));
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_VERTICLES_RUN", SERVICES);
    environment.put("STARLING_FUSION_LATENESS", lateness + "ms");
    if (nodes == 1) {
      environment.put("STARLING_CLUSTER_STANDALONE", "true");
    }
    environment.putAll(settings);
    return Bed.start(
        new Bed.Spec(home(part), nodes, basePort, List.of(), jvm, environment, POLICIES));
  }

  void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  /** For whoever waits. */
  void note(String format, Object... values) {
    System.err.println(String.format(Locale.ROOT, format, values));
  }
}
