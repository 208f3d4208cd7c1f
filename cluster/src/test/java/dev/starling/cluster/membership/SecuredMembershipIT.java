package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.sockets.PeerSockets;
import dev.starling.cluster.sockets.RecordedRefusals;
import dev.starling.cluster.tls.TestCertificates;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is admitted as a member when nodes have certificates. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class SecuredMembershipIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path ours;
  @TempDir private Path theirs;
  private final MembershipConfig config = TestNode.freshCluster();
  private final RecordedRefusals members = new RecordedRefusals();
  private final RecordedRefusals stranger = new RecordedRefusals();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void closeNodes() throws InterruptedException, TimeoutException {
    for (TestNode node : nodes) {
      node.close();
    }
  }

  @Test
  void nodesOfOneAuthority_meetAndHearOfEachOthersEnd() throws Exception {
    TestCertificates certificates = TestCertificates.in(ours, "a", "b", "c");
    TestNode a = start(tls(certificates, "a", members));
    TestNode b = start(tls(certificates, "b", members));
    TestNode c = TestNode.start(config, tls(certificates, "c", members));
    awaitNodes(a, a, b, c);
    awaitNodes(b, a, b, c);

    c.close();

    awaitNodes(a, a, b);
    assertThat(members.lines()).isEmpty();
  }

  @Test
  void joinWithoutTls_isNotAdmittedAndBothSayWhy() throws Exception {
    TestNode a = start(tls(TestCertificates.in(ours, "a"), "a", members));

    TestNode plain = start(PeerSockets.plain(stranger.refusals()));

    awaitLine(members, "it does not speak TLS");
    awaitLine(stranger, "it speaks TLS and this node does not");
    awaitNodes(a, a);
    awaitNodes(plain, plain);
  }

  @Test
  void joinWithTls_ofNodesWithoutIt_isNotAdmittedAndBothSayWhy() throws Exception {
    TestNode plain = start(PeerSockets.plain(members.refusals()));

    TestNode secured = start(tls(TestCertificates.in(ours, "a"), "a", stranger));

    awaitLine(members, "it speaks TLS and this node does not");
    awaitLine(stranger, "it ended the connection during the handshake");
    awaitNodes(plain, plain);
    awaitNodes(secured, secured);
  }

  @Test
  void joinWithACertificateOfAnotherAuthority_isNotAdmitted() throws Exception {
    TestNode a = start(tls(TestCertificates.in(ours, "a"), "a", members));

    TestNode other = start(tls(TestCertificates.in(theirs, "b"), "b", stranger));

    awaitLine(stranger, "its certificate is not signed by an authority in cluster.tls.ca");
    awaitNodes(a, a);
    awaitNodes(other, other);
  }

  @Test
  void sameJoin_withoutTlsOnEitherSide_isAdmitted() throws Exception {
    TestNode a = start(PeerSockets.plain(members.refusals()));

    TestNode b = start(PeerSockets.plain(stranger.refusals()));

    awaitNodes(a, a, b);
  }

  @Test
  void stackWithADetectorOfItsOwn_withTls_isRefused() throws Exception {
    String packaged = Files.readString(Path.of("..", "conf", "cluster", "jgroups-static.xml"));
    Path file =
        Files.writeString(
            ours.resolve("stack.xml"), packaged.replace("<FD_ALL3", "<FD_SOCK2/><FD_ALL3"));
    PeerSockets sockets = tls(TestCertificates.in(ours, "a"), "a", members);

    assertThat(
            Await.failure(
                Vertx.builder()
                    .with(TestNode.options())
                    .withClusterManager(
                        new JGroupsClusterManager("n-fails", config.withStack(file), sockets))
                    .buildClustered()))
        .isInstanceOf(MembershipException.class)
        .hasMessage(
            "stack: FD_SOCK2 listens on a port without TLS"
                + " (expected: enable_suspect_events of TCP in its place)");
  }

  private TestNode start(PeerSockets sockets) throws InterruptedException, TimeoutException {
    TestNode node = TestNode.start(config, sockets);
    nodes.add(node);
    return node;
  }

  private static PeerSockets tls(
      TestCertificates certificates, String node, RecordedRefusals refusals) {
    return PeerSockets.tls(certificates.credentials(node).sslContext(), refusals.refusals());
  }

  private static void awaitNodes(TestNode at, TestNode... members) {
    Set<String> ids = Stream.of(members).map(TestNode::id).collect(Collectors.toSet());
    Await.until(LIMIT, "nodes " + ids, () -> at.nodes().equals(ids), at::nodes);
  }

  private static void awaitLine(RecordedRefusals refusals, String part) {
    Await.until(
        LIMIT,
        "a line with " + part,
        () -> refusals.lines().stream().anyMatch(line -> line.contains(part)),
        refusals::lines);
  }
}
