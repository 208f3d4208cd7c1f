package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.starling.cluster.membership.Discovery.Seed;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a node starts, and what it says when it cannot. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MembershipStartIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final MembershipConfig config = TestNode.freshCluster();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void closeNodes() throws InterruptedException, TimeoutException {
    for (TestNode node : nodes) {
      node.close();
    }
  }

  private TestNode start(MembershipConfig with) throws InterruptedException, TimeoutException {
    TestNode node = TestNode.start(with);
    nodes.add(node);
    return node;
  }

  private static Throwable failure(MembershipConfig config)
      throws InterruptedException, TimeoutException {
    return Await.failure(
        Vertx.builder()
            .with(TestNode.options())
            .withClusterManager(new JGroupsClusterManager("n-fails", config, TestNode.plain()))
            .buildClustered());
  }

  private static void awaitNodes(TestNode at, TestNode... members) {
    Set<String> ids = Set.of(members).stream().map(TestNode::id).collect(Collectors.toSet());
    Await.until(LIMIT, "nodes " + ids, () -> at.nodes().equals(ids), at::nodes);
  }

  @Test
  void everyPort_inUseByOthers_isOneClearFailure() throws Exception {
    MembershipConfig one = config.withPorts(config.port(), 0);
    try (ServerSocket stranger = TestNode.occupy(one.port())) {
      assertThat(failure(one))
          .isInstanceOf(MembershipException.class)
          .hasMessage(
              "port: %d..%d on 127.0.0.1 are all in use (expected: a free one)",
              stranger.getLocalPort(), stranger.getLocalPort());
    }
  }

  @Test
  void firstPort_inUseByAStranger_isSkippedAndTheNodesStillMeet() throws Exception {
    try (ServerSocket silent = TestNode.occupy(config.port())) {
      TestNode a = start(config);
      TestNode b = start(config);

      awaitNodes(a, a, b);
      assertThat(a.manager.view().own().flatMap(ClusterView.Member::address))
          .hasValue("127.0.0.1:" + (silent.getLocalPort() + 1));
    }
  }

  @Test
  void seed_thatCannotBeResolved_isOneClearFailure() throws Exception {
    var seeds = new Discovery.Static(List.of(new Seed("no-such-host.invalid", 7800)));

    assertThat(failure(config.withDiscovery(seeds)))
        .isInstanceOf(MembershipException.class)
        .hasMessage(
            "seeds: \"no-such-host.invalid\" cannot be resolved"
                + " (expected: a name that DNS knows, or an IP address)");
  }

  @Test
  void host_ofAnotherMachine_isOneClearFailure() throws Exception {
    assertThat(failure(config.withHost("192.0.2.1")))
        .isInstanceOf(MembershipException.class)
        .hasMessageStartingWith("host: 192.0.2.1 (expected: one address of this machine");
    assertThat(failure(config.withHost("0.0.0.0")))
        .isInstanceOf(MembershipException.class)
        .hasMessageStartingWith("host: 0.0.0.0 (expected: one address of this machine");
  }

  @Test
  void seeds_explicit_areFound() throws Exception {
    TestNode a = start(config);
    var seeds = new Discovery.Static(List.of(new Seed("localhost", config.port())));

    TestNode b = start(config.withPorts(config.port() + 3, 0).withDiscovery(seeds));

    awaitNodes(b, a, b);
  }

  @Test
  void dns_withTheKubernetesStack_findsTheOthers() throws Exception {
    MembershipConfig dns = config.withDiscovery(new Discovery.Dns("localhost"));

    TestNode a = start(dns);
    TestNode b = start(dns);

    awaitNodes(a, a, b);
    awaitNodes(b, a, b);
  }

  @Test
  void zone_ofEachMember_isSeenByTheOthers() throws Exception {
    TestNode a = start(config.withZone("zone-a"));
    TestNode b = start(config.withZone("zone-b"));

    awaitNodes(a, a, b);
    assertThat(a.manager.view().members())
        .extracting(ClusterView.Member::nodeId, ClusterView.Member::zone)
        .containsExactly(tuple(a.id(), "zone-a"), tuple(b.id(), "zone-b"));
  }

  @Test
  void clusters_ofDifferentNamesOnTheSamePorts_neverMeet() throws Exception {
    TestNode a = start(config);
    TestNode b = start(config.withCluster(config.cluster() + "-other"));
    TestNode c = start(config);

    awaitNodes(a, a, c);
    awaitNodes(b, b);
  }

  @Test
  void sockets_areBoundToTheConfiguredAddressOnly() throws Exception {
    TestNode a = start(config);

    assertThat(a.nodes()).hasSize(1);
    connect("127.0.0.1", config.port()).close();
    assertThatThrownBy(() -> connect("127.0.0.2", config.port()))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void garbage_onTheMembershipPorts_disturbsNobody() throws Exception {
    TestNode a = start(config);
    TestNode b = start(config);
    a.serve("greeting");
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      try (Socket socket = connect("127.0.0.1", config.port())) {
        byte[] bytes = new byte[1 + random.nextInt(500)];
        random.nextBytes(bytes);
        write(socket, bytes);
      }
    }

    TestNode c = start(config);

    awaitNodes(c, a, b, c);
    assertThat(b.ask("greeting")).isEqualTo(a.id());
    assertThat(c.ask("greeting")).isEqualTo(a.id());
  }

  private static Socket connect(String host, int port) throws IOException {
    var socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), 2000);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The other end may close at any byte: that is the point. */
  private static void write(Socket socket, byte[] bytes) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    } catch (IOException closedByTheNode) {
      assertThat(socket.isClosed()).isFalse();
    }
  }
}
