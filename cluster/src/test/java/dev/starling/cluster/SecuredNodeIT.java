package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import dev.starling.cluster.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.SocketFactory;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with certificates, as operators run them, and strangers who try to reach them. */
@Timeout(240)
final class SecuredNodeIT {
  private static final String DROPPED = "bus_frames_dropped_total ";

  @TempDir private Path data;
  @TempDir private Path certs;
  private final Mesh mesh = Mesh.create();

  @Test
  void edgeOnlyNode_withACertificate_servesThroughTheOthers() {
    TestCertificates certificates = TestCertificates.in(certs, "services", "edge");
    try (NodeProcess services =
            secured(certificates, "services")
                .with("STARLING_VERTICLES", "rate-limiter,ping")
                .start();
        NodeProcess edge =
            secured(certificates, "edge").with("STARLING_VERTICLES", "edge").start()) {
      edge.await("serving", found -> found.get("/v1/ping").statusCode() == 200);

      assertThat(edge.get("/v1/ping").body()).isEqualTo("{\"message\":\"pong\"}");
      assertThat(services.manage("/readyz?verbose").body())
          .contains("[+]certificate ok: expires at ");
      assertThat(services.manage("/metrics").body())
          .containsPattern("cluster_certificate_days_left 36[45]\\.")
          .contains("cluster_connections_refused_total 0.0")
          .contains(DROPPED + "0.0");
      assertThat(warnings(edge)).isEmpty();

      services.kill();

      // Whether its process is seen to have ended first, or that it left, is a matter of a moment.
      edge.await("noticing", found -> found.output().contains("closed its link"));
      assertThat(edge.stop()).isZero();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void strangers_onEachPortOfTheCluster_withCertificates_areCutOffAndDeliverNothing()
      throws IOException {
    TestCertificates certificates = TestCertificates.in(certs, "a");
    TestCertificates others = TestCertificates.in(data, "b");
    List<SocketFactory> strangers =
        List.of(
            SocketFactory.getDefault(),
            certificates.stranger().getSocketFactory(),
            others.stranger("b").getSocketFactory());
    try (NodeProcess node = secured(certificates, "a").with("STARLING_VERTICLES", "edge").start()) {
      Set<Integer> ports = clusterPorts(node);
      assertThat(ports).as("membership, event bus, idle links").hasSize(3);

      for (int port : ports) {
        for (SocketFactory stranger : strangers) {
          try (Socket socket = connect(stranger, port)) {
            sendAndAwaitEnd(socket);
          }
          try (Socket silent = connect(stranger, port)) {
            awaitEnd(silent);
          }
        }
      }

      assertThat(node.manage("/metrics").body()).contains(DROPPED + "0.0");
      assertThat(node.output())
          .contains("No cluster connection with 127.0.0.1: it does not speak TLS")
          .contains("No cluster connection with 127.0.0.1: it showed no certificate");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void sameRawFrame_withACertificate_isDelivered() throws IOException {
    TestCertificates certificates = TestCertificates.in(certs, "a", "b");
    assertDelivers(secured(certificates, "a"), certificates.stranger("b").getSocketFactory());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void sameRawFrame_toANodeWithoutCertificates_isDelivered() throws IOException {
    assertDelivers(settings(), SocketFactory.getDefault());
  }

  /** Shows that the frame is one that the bus takes: it counts it and finds none of its own. */
  private static void assertDelivers(Settings settings, SocketFactory sender) throws IOException {
    try (NodeProcess node = settings.with("STARLING_VERTICLES", "edge").start()) {
      for (int port : clusterPorts(node)) {
        try (Socket socket = connect(sender, port)) {
          send(socket);
        }
      }

      node.await(
          "reached by it", found -> found.manage("/metrics").body().contains(DROPPED + "1.0"));
    }
  }

  @Test
  void nodeWithoutTls_besideOneWithIt_formsNoClusterAndBothSayWhy() {
    TestCertificates certificates = TestCertificates.in(certs, "a");
    try (NodeProcess secured =
            secured(certificates, "a").with("STARLING_VERTICLES", "edge").start();
        NodeProcess plain = settings().with("STARLING_VERTICLES", "edge").start()) {
      plain.await(
          "telling", found -> found.output().contains("it speaks TLS and this node does not"));
      secured.await("telling", found -> found.output().contains("it does not speak TLS"));

      assertThat(secured.manage("/cluster").body().split("\"id\"")).hasSize(2);
      assertThat(plain.manage("/cluster").body().split("\"id\"")).hasSize(2);
      assertThat(plain.output() + secured.output()).doesNotContain("\tat ");
    }
  }

  @Test
  void hostOfTheNetwork_withoutCertificates_isRefusedWithBothWaysOut() {
    try (NodeProcess node = settings().with("STARLING_CLUSTER_HOST", "192.0.2.1").launch()) {
      assertThat(node.exitCode()).isEqualTo(2);
      assertThat(node.output())
          .contains("cluster.host: 192.0.2.1", "cluster.tls.enabled", "cluster.allow-plaintext")
          .doesNotContain("\tat ")
          .hasLineCount(1);
    }
  }

  @Test
  void certificateThatExpired_start_isOneClearLine() {
    TestCertificates certificates =
        TestCertificates.in(certs)
            .issue("a", Instant.now().minus(Duration.ofDays(10)), Duration.ofDays(3));
    try (NodeProcess node = secured(certificates, "a").launch()) {
      assertThat(node.exitCode()).isEqualTo(2);
      assertThat(node.output())
          .contains("starling: cluster.tls.cert: " + certificates.cert("a") + " expired at ")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void certificateThatExpiresSoon_start_isWarnedAbout() {
    TestCertificates certificates =
        TestCertificates.in(certs).issue("a", Instant.now(), Duration.ofDays(5));
    try (NodeProcess node = secured(certificates, "a").with("STARLING_VERTICLES", "edge").start()) {
      assertThat(node.output()).containsPattern("WARN .*cluster.tls.cert expires at .* in 4 days");
    }
  }

  @Test
  void certsCommand_run_makesWhatANodeStartsWith() {
    Path directory = data.resolve("made");
    try (NodeProcess made =
            new Settings(data, mesh)
                .arguments("certs", "--dir", directory.toString(), "--node", "a", "--node", "b")
                .launch();
        NodeProcess again =
            new Settings(data, mesh)
                .arguments("certs", "--dir", directory.toString(), "--node", "../b")
                .launch()) {
      assertThat(made.exitCode()).as(made.output()).isZero();
      assertThat(made.output()).contains("b: STARLING_CLUSTER_TLS_ENABLED=true");
      assertThat(again.exitCode()).isEqualTo(2);
    }
    try (NodeProcess check =
        settings()
            .with("STARLING_CLUSTER_TLS_ENABLED", "true")
            .with("STARLING_CLUSTER_TLS_CERT", directory.resolve("b.crt").toString())
            .with("STARLING_CLUSTER_TLS_KEY", directory.resolve("b.key").toString())
            .with("STARLING_CLUSTER_TLS_CA", directory.resolve("ca.crt").toString())
            .arguments("config", "check")
            .launch()) {
      assertThat(check.exitCode()).as(check.output()).isZero();
    }
  }

  private Settings settings() {
    return new Settings(data, mesh);
  }

  private Settings secured(TestCertificates certificates, String node) {
    return settings()
        .with("STARLING_CLUSTER_TLS_ENABLED", "true")
        .with("STARLING_CLUSTER_TLS_CERT", certificates.cert(node))
        .with("STARLING_CLUSTER_TLS_KEY", certificates.key(node))
        .with("STARLING_CLUSTER_TLS_CA", certificates.ca());
  }

  private static Set<Integer> clusterPorts(NodeProcess node) throws IOException {
    Set<Integer> ports = ListeningPorts.of(node.pid());
    ports.remove(node.httpPort());
    ports.remove(node.managementPort());
    return ports;
  }

  private static Socket connect(SocketFactory factory, int port) throws IOException {
    Socket socket = factory.createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket) throws IOException {
    socket.getOutputStream().write(RawFrame.toEveryNode());
    socket.getOutputStream().flush();
  }

  /**
   * Until the node has closed the connection, as it does not if it takes who is there for a node.
   */
  private static void awaitEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException | SSLException ended) {
      assertThat(ended.getMessage()).doesNotContain("timed out");
    }
  }

  private static void sendAndAwaitEnd(Socket socket) throws IOException {
    try {
      send(socket);
    } catch (SocketException | SSLException ended) {
      return;
    }
    awaitEnd(socket);
  }

  /** Without those of loops that are late, as they are on a busy machine. */
  private static List<String> warnings(NodeProcess node) {
    return node.output()
        .lines()
        .filter(line -> line.contains("WARN") && !line.contains("LoopMeters"))
        .toList();
  }
}
