package dev.starling.cluster.config;

import dev.starling.bus.Safeguard;
import dev.starling.bus.WireVersions;
import dev.starling.cluster.membership.Discovery;
import dev.starling.cluster.membership.MembershipConfig;
import dev.starling.sdk.Bounds;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the node finds others.
 *
 * @param standalone true to stay alone: nothing is bound for a cluster
 * @param name nodes with different names never meet
 * @param host the only address that cluster traffic is bound to; loopback unless set
 * @param port the first port to try for membership
 * @param portRange how many further ports may be tried, so that several nodes fit on one host
 * @param busPort the port of the event bus; 0 takes a free one
 * @param advertisedBus {@code host:port} under which other nodes reach the event bus, where that is
 *     not what it is bound to; empty for that
 * @param seeds {@code host:port} of nodes to ask first; empty means this host's own range
 * @param dnsQuery a DNS name with one address for each node, in place of seeds; empty for none
 * @param stack a JGroups stack file in place of the packaged one; empty for none
 * @param tls certificates, without which {@code host} must be loopback
 * @param allowPlaintext true to do without them all the same, on a network where nobody else is
 * @param wireVersion the newest version of frames that the node reads and writes; an older one lets
 *     it be rolled back
 * @param safeguardsOff for chaos tests: what the node does not do to keep faults from clients
 */
public record ClusterConfig(
    boolean standalone,
    String name,
    String host,
    int port,
    int portRange,
    int busPort,
    String advertisedBus,
    List<String> seeds,
    String dnsQuery,
    String stack,
    ClusterTlsConfig tls,
    boolean allowPlaintext,
    int wireVersion,
    Set<Safeguard> safeguardsOff) {

  public ClusterConfig {
    seeds = List.copyOf(seeds);
    safeguardsOff = Set.copyOf(safeguardsOff);
    Bounds.within("wire-version", wireVersion, WireVersions.OLDEST, WireVersions.NEWEST);
    Bounds.within("bus-port", busPort, 0, 65_535);
    if (!advertisedBus.isEmpty()) {
      advertised(advertisedBus);
    }
    if (!seeds.isEmpty() && !dnsQuery.isEmpty()) {
      throw new IllegalArgumentException(
          "dns-query: " + dnsQuery + " (expected: nothing when seeds are set)");
    }
    membership("check", name, host, port, portRange, seeds, dnsQuery, stack);
    if (!standalone && !tls.enabled() && !allowPlaintext && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "host: "
              + host
              + " would let anybody who reaches it into the cluster (expected: cluster.tls.enabled"
              + " with certificates, as scripts/certs makes them, or cluster.allow-plaintext if the"
              + " network keeps others out)");
    }
  }

  public static ClusterConfig defaults() {
    return new ClusterConfig(
        false,
        "starling",
        "127.0.0.1",
        7800,
        15,
        0,
        "",
        List.of(),
        "",
        "",
        ClusterTlsConfig.off(),
        false,
        WireVersions.NEWEST,
        Set.of());
  }

  /** Where others reach the event bus; null for where it is bound. */
  public Discovery.@Nullable Seed advertised() {
    return advertisedBus.isEmpty() ? null : advertised(advertisedBus);
  }

  private static Discovery.Seed advertised(String text) {
    try {
      return Discovery.Seed.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("advertised-bus: " + text + " (expected: host:port)", e);
    }
  }

  /**
   * By its name alone, so that a check of the configuration asks no DNS: another name for loopback
   * counts as reachable.
   */
  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
  }

  MembershipConfig membership(String zone) {
    return membership(zone, name, host, port, portRange, seeds, dnsQuery, stack);
  }

  /** What the cluster manager takes, for a node in {@code config}'s zone. */
  public static MembershipConfig membership(NodeConfig config) {
    return config.cluster().membership(config.zone());
  }

  private static MembershipConfig membership(
      String zone,
      String name,
      String host,
      int port,
      int portRange,
      List<String> seeds,
      String dnsQuery,
      String stack) {
    MembershipConfig membership =
        MembershipConfig.defaults()
            .withCluster(name)
            .withZone(zone)
            .withHost(host)
            .withPorts(port, portRange)
            .withDiscovery(
                dnsQuery.isEmpty()
                    ? new Discovery.Static(seeds.stream().map(Discovery.Seed::parse).toList())
                    : new Discovery.Dns(dnsQuery));
    return stack.isEmpty() ? membership : membership.withStack(Path.of(stack));
  }
}
