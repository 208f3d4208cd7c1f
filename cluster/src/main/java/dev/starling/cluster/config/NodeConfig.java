package dev.starling.cluster.config;

import dev.starling.bus.StreamOptions;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.redis.RedisConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The part of the configuration that belongs to the node itself; verticles bring sections of their
 * own.
 *
 * @param zone the failure domain that the node is in, e.g. an availability zone
 * @param dataDir where the node keeps what must survive it; made if it is missing
 * @param transport how its sockets are read and written
 * @param policies the file with the traffic policy; empty for conf/policies.yaml if it exists
 * @param shards the databases besides that of {@code postgres.uri}
 * @param streams bounds of the streams that begin or end here
 * @param otel where spans of sampled traces go
 */
public record NodeConfig(
    String zone,
    String dataDir,
    SocketTransport transport,
    String policies,
    ClusterConfig cluster,
    PostgresConfig postgres,
    ShardsConfig shards,
    RedisConfig redis,
    StreamOptions streams,
    ManagementConfig management,
    DrainConfig drain,
    OtelConfig otel) {
  private static final Path DEFAULT_POLICIES = Path.of("conf", "policies.yaml");

  public NodeConfig {
    if (!zone.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "zone: \"" + zone + "\" (expected: 1..64 of A-Z a-z 0-9 . _ -)");
    }
    if (dataDir.isBlank()) {
      throw new IllegalArgumentException("data-dir: \"\" (expected: a directory)");
    }
  }

  /** The file with the traffic policy; null where the shipped rules hold. Asks the file system. */
  public @Nullable Path policyFile() {
    if (!policies.isEmpty()) {
      return Path.of(policies);
    }
    return Files.exists(DEFAULT_POLICIES) ? DEFAULT_POLICIES : null;
  }

  public static NodeConfig defaults() {
    return new NodeConfig(
        "default",
        "data",
        SocketTransport.AUTO,
        "",
        ClusterConfig.defaults(),
        PostgresConfig.defaults(),
        ShardsConfig.defaults(),
        RedisConfig.defaults(),
        StreamOptions.defaults(),
        ManagementConfig.defaults(),
        DrainConfig.defaults(),
        OtelConfig.defaults());
  }
}
