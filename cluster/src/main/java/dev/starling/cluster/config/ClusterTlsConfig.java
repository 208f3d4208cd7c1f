package dev.starling.cluster.config;

/**
 * TLS between nodes, for the event bus, membership and the idle links alike.
 *
 * @param enabled true to talk only to nodes that show a certificate
 * @param cert this node's certificate, with any intermediate ones after it, PEM
 * @param key its private key, PEM, unencrypted
 * @param ca the authorities that sign nodes and nothing else, PEM; two while they are exchanged
 */
public record ClusterTlsConfig(boolean enabled, String cert, String key, String ca) {

  public ClusterTlsConfig {
    if (enabled) {
      check("cert", cert, "this node's certificate");
      check("key", key, "its private key");
      check("ca", ca, "the authority that signs nodes");
    }
  }

  public static ClusterTlsConfig off() {
    return new ClusterTlsConfig(false, "", "", "");
  }

  private static void check(String key, String path, String what) {
    if (path.isBlank()) {
      throw new IllegalArgumentException(
          "%s: \"\" (expected: a PEM file with %s; scripts/certs makes one)".formatted(key, what));
    }
  }
}
