package dev.starling.cluster.membership;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a node listens for other members and how it finds them.
 *
 * <p>Immutable; each {@code with…} method gives a changed copy. The constructor checks every value
 * and throws {@link IllegalArgumentException} with the value found and the one expected.
 *
 * @param cluster the name of the cluster; nodes with different names never meet; 1..64 of {@code
 *     [A-Za-z0-9._-]}
 * @param zone the failure domain that this node is in; same form; other members can read it
 * @param host the only address that is bound, one of this machine's
 * @param port the first port to try, 1024..65535
 * @param portRange how many further ports may be tried, 0..{@value #MAX_PORT_RANGE}
 * @param discovery how to find the first other member
 * @param stack a JGroups stack to use in place of the packaged one
 */
public record MembershipConfig(
    String cluster,
    String zone,
    String host,
    int port,
    int portRange,
    Discovery discovery,
    Optional<Path> stack) {
  /** More nodes than one host carries; each port is one more to ask where there are no seeds. */
  static final int MAX_PORT_RANGE = 99;

  private static final int HIGHEST_PORT = 65535 - MAX_PORT_RANGE;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Checks every value. */
  public MembershipConfig {
    checkName("cluster", cluster);
    checkName("zone", zone);
    HostName.check("host", host);
    checkRange("port", port, 1024, HIGHEST_PORT);
    checkRange("port-range", portRange, 0, MAX_PORT_RANGE);
  }

  /** A node for a cluster on this machine: 127.0.0.1, ports 7800..7815, no seeds. */
  public static MembershipConfig defaults() {
    return new MembershipConfig(
        "starling",
        "default",
        "127.0.0.1",
        7800,
        15,
        new Discovery.Static(List.of()),
        Optional.empty());
  }

  public MembershipConfig withCluster(String value) {
    return new MembershipConfig(value, zone, host, port, portRange, discovery, stack);
  }

  public MembershipConfig withZone(String value) {
    return new MembershipConfig(cluster, value, host, port, portRange, discovery, stack);
  }

  public MembershipConfig withHost(String value) {
    return new MembershipConfig(cluster, zone, value, port, portRange, discovery, stack);
  }

  public MembershipConfig withPorts(int first, int range) {
    return new MembershipConfig(cluster, zone, host, first, range, discovery, stack);
  }

  public MembershipConfig withDiscovery(Discovery value) {
    return new MembershipConfig(cluster, zone, host, port, portRange, value, stack);
  }

  public MembershipConfig withStack(Path value) {
    return new MembershipConfig(
        cluster, zone, host, port, portRange, discovery, Optional.of(value));
  }

  static void checkName(String setting, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s: \"%s\" (expected: 1..64 of A-Z a-z 0-9 . _ -)".formatted(setting, value));
    }
  }

  private static void checkRange(String setting, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d..%d)".formatted(setting, value, low, high));
    }
  }
}
