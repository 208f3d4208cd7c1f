package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.membership.Discovery.Seed;
import dev.starling.cluster.sockets.PeerSockets;
import dev.starling.cluster.sockets.Refusals;
import dev.starling.cluster.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgroups.JChannel;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.util.ExtendedUUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that could not meet when they started, or lost each other, become one group again. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MembershipHealingIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final MembershipConfig config = TestNode.freshCluster();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  /**
   * The seed ranks last, so that each of the others leads a merge with it, and with whom it names.
   */
  @Test
  void nodesThatAreNoSeeds_afterEachStartedAlone_becomeOneGroup() throws Exception {
    int seed = config.port();
    JChannel first = connect("n-first", 1, seed + 1, seed);
    JChannel second = connect("n-second", 2, seed + 2, seed);
    assertThat(first.getView().size()).isEqualTo(1);
    assertThat(second.getView().size()).isEqualTo(1);

    JChannel last = connect("n-seed", 3, seed, seed);

    awaitOneGroup(first, second, last);
  }

  @Test
  void memberWhoseMergeViewWasOvertaken_looksForOthersAllTheSame() throws Exception {
    int late = config.port();
    JChannel early = connect("n-early", 1, late + 1, late);
    GMS group = early.getProtocolStack().findProtocol(GMS.class);
    // What a member does that is told of a merge view after it has installed a higher one.
    group.castViewChangeAndSendJoinRsps(early.getView(), null, List.of(), null, null);

    JChannel other = connect("n-late", 2, late, late);

    awaitOneGroup(early, other);
  }

  @Test
  void seedsThatDoNotAnswer_keepNoMemberFromHearingTheOthers(@TempDir Path directory)
      throws Exception {
    TestCertificates certificates = TestCertificates.in(directory, "a", "b");
    List<SilentHost> silent = List.of(silentHost(), silentHost(), silentHost(), silentHost());
    List<Seed> seeds =
        Stream.concat(
                Stream.of(config.port()), silent.stream().map(host -> host.socket.getLocalPort()))
            .map(port -> new Seed("127.0.0.1", port))
            .toList();
    MembershipConfig withSeeds = config.withDiscovery(new Discovery.Static(seeds));
    TestNode a = start(withSeeds, certificates, "a");
    TestNode b = start(withSeeds, certificates, "b");
    Set<String> both = Set.of(a.id(), b.id());
    Await.until(LIMIT, "both", () -> a.nodes().equals(both) && b.nodes().equals(both), a::nodes);

    int[] before = silent.stream().mapToInt(SilentHost::calls).toArray();
    Await.until(
        LIMIT,
        "four more calls to each silent host",
        () ->
            IntStream.range(0, before.length)
                .allMatch(host -> silent.get(host).calls() >= before[host] + 4),
        () -> silent.stream().map(SilentHost::calls).toList());

    assertThat(a.news).doesNotContain("-" + b.id());
    assertThat(b.news).doesNotContain("-" + a.id());
  }

  private JChannel connect(String nodeId, int rank, int port, int seed) throws Exception {
    MembershipConfig own =
        config
            .withPorts(port, 0)
            .withDiscovery(new Discovery.Static(List.of(new Seed("127.0.0.1", seed))));
    JChannel channel =
        ChannelFactory.open(
            nodeId,
            own,
            TestNode.plain(),
            () ->
                new ExtendedUUID(rank, rank)
                    .put("n", nodeId.getBytes(StandardCharsets.US_ASCII))
                    .put("z", own.zone().getBytes(StandardCharsets.US_ASCII)));
    opened.add(channel);
    return channel.connect(own.cluster());
  }

  private TestNode start(MembershipConfig with, TestCertificates certificates, String name)
      throws Exception {
    PeerSockets sockets =
        PeerSockets.tls(
            certificates.credentials(name).sslContext(), new Refusals(System::nanoTime));
    TestNode node = TestNode.start(with, sockets);
    opened.add(node::close);
    return node;
  }

  private SilentHost silentHost() throws IOException {
    SilentHost host = new SilentHost();
    opened.add(host);
    return host;
  }

  private static void awaitOneGroup(JChannel... channels) {
    Await.until(
        LIMIT,
        "one view of " + channels.length,
        () ->
            Stream.of(channels)
                .allMatch(
                    channel ->
                        channel.getView().size() == channels.length
                            && channel.getView().equals(channels[0].getView())),
        () -> Stream.of(channels).map(JChannel::getView).toList());
  }

  /** Its kernel takes connections and nobody says anything on them, as of a frozen process. */
  private static final class SilentHost implements AutoCloseable {
    final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();

    SilentHost() throws IOException {
      Thread taking = new Thread(this::take, "silent-host");
      taking.setDaemon(true);
      taking.start();
    }

    int calls() {
      return accepted.size();
    }

    private void take() {
      try {
        while (true) {
          accepted.add(socket.accept());
        }
      } catch (IOException closed) {
        accepted.add(new Socket());
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      for (Socket one : accepted) {
        one.close();
      }
    }
  }
}
