package dev.starling.cluster;

import dev.starling.cluster.config.ConfigSources;
import dev.starling.cluster.config.LoadedConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how a node is configured; each one wins over file and environment. */
final class NodeOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration file (default: conf/starling.yaml if it exists).")
  private @Nullable Path config;

  @Option(names = "--zone", paramLabel = "NAME", description = "Failure domain of this node.")
  private @Nullable String zone;

  @Option(
      names = "--seeds",
      paramLabel = "HOST:PORT,...",
      description = "Nodes to join (default: nodes on this host).")
  private @Nullable String seeds;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where data is kept (default: data).")
  private @Nullable String dataDir;

  @Option(
      names = "--verticles",
      paramLabel = "NAME,...",
      description = "What this node runs (default: all).")
  private @Nullable String verticles;

  @Option(names = "--http-port", paramLabel = "PORT", description = "Public port (default: 8080).")
  private @Nullable String httpPort;

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      description = "Operators' port (default: 9090).")
  private @Nullable String managementPort;

  @Option(
      names = "--cluster-port",
      paramLabel = "PORT",
      description = "First membership port to try (default: 7800).")
  private @Nullable String clusterPort;

  @Option(
      names = "--postgres-uri",
      paramLabel = "URI",
      description = "Database to use (default: an embedded server in the data directory).")
  private @Nullable String postgresUri;

  @Option(
      names = "--policies",
      paramLabel = "FILE",
      description = "Traffic policy (default: conf/policies.yaml if it exists).")
  private @Nullable String policies;

  @Option(names = "--standalone", description = "Form no cluster.")
  private boolean standalone;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any other setting, e.g. --set postgres.pool-size=8. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  LoadedConfig load() {
    return sources().load();
  }

  ConfigSources sources() {
    Map<String, String> flags = new LinkedHashMap<>(settings);
    put(flags, "zone", zone);
    put(flags, "cluster.seeds", seeds);
    put(flags, "data-dir", dataDir);
    put(flags, "policies", policies);
    put(flags, "verticles.run", verticles);
    put(flags, "http.port", httpPort);
    put(flags, "management.port", managementPort);
    put(flags, "cluster.port", clusterPort);
    put(flags, "postgres.uri", postgresUri);
    put(flags, "cluster.standalone", standalone ? "true" : null);
    return new ConfigSources(config, System.getenv(), flags);
  }

  private static void put(Map<String, String> flags, String key, @Nullable String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }
}
