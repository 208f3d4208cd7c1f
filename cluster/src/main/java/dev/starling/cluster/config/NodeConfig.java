package dev.starling.cluster.config;

import dev.starling.bus.StreamOptions;
import dev.starling.postgres.PostgresConfig;

/**
 * The part of the configuration that belongs to the node itself; verticles bring sections of their
 * own.
 *
 * @param zone the failure domain that the node is in, e.g. an availability zone
 * @param dataDir where the node keeps what must survive it; made if it is missing
 * @param transport how its sockets are read and written
 * @param streams bounds of the streams that begin or end here
 */
public record NodeConfig(
    String zone,
    String dataDir,
    SocketTransport transport,
    ClusterConfig cluster,
    PostgresConfig postgres,
    StreamOptions streams,
    ManagementConfig management,
    DrainConfig drain) {

  public NodeConfig {
    if (!zone.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "zone: \"" + zone + "\" (expected: 1..64 of A-Z a-z 0-9 . _ -)");
    }
    if (dataDir.isBlank()) {
      throw new IllegalArgumentException("data-dir: \"\" (expected: a directory)");
    }
  }

  public static NodeConfig defaults() {
    return new NodeConfig(
        "default",
        "data",
        SocketTransport.AUTO,
        ClusterConfig.defaults(),
        PostgresConfig.defaults(),
        StreamOptions.defaults(),
        ManagementConfig.defaults(),
        DrainConfig.defaults());
  }
}
