package dev.starling.cluster.config;

/**
 * Where operators reach the node.
 *
 * @param host loopback unless set: the port shows what the node is made of
 * @param port 0 takes a free one
 */
public record ManagementConfig(String host, int port) {

  public ManagementConfig {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host: \"\" (expected: an address of this machine)");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }

  public static ManagementConfig defaults() {
    return new ManagementConfig("127.0.0.1", 9090);
  }
}
