package dev.starling.cluster.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.cluster.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets through the sockets of membership, over real connections. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class PeerSocketsIT {
  private static final int CONNECT_MILLIS = 2000;

  @TempDir private Path ours;
  @TempDir private Path theirs;
  private final RecordedRefusals here = new RecordedRefusals();
  private final RecordedRefusals there = new RecordedRefusals();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void nodesOfOneAuthority_connected_understandEachOther() throws IOException {
    TestCertificates certificates = TestCertificates.in(ours, "a", "b");
    ServerSocket server = listen(tls(certificates, "a", here));
    CompletableFuture<Socket> accepted = acceptOne(server);

    Socket client = connect(tls(certificates, "b", there), server);
    write(client, "from b");
    Socket arrived = accepted.join();
    opened.add(arrived);
    write(arrived, "from a");

    assertThat(read(arrived, 6)).isEqualTo("from b");
    assertThat(read(client, 6)).isEqualTo("from a");
    assertThat(here.refusals().count() + there.refusals().count()).isZero();
  }

  @Test
  void callerWithoutACertificate_isNotAcceptedAndNamed() throws IOException {
    TestCertificates certificates = TestCertificates.in(ours, "a");

    callAndAwaitRefusal(certificates, certificates.stranger().getSocketFactory());

    assertThat(here.lines()).singleElement().asString().contains("it showed no certificate");
  }

  @Test
  void callerWithACertificateOfAnotherAuthority_isNotAcceptedAndNamed() throws IOException {
    TestCertificates others = TestCertificates.in(theirs, "b");

    callAndAwaitRefusal(TestCertificates.in(ours, "a"), others.stranger("b").getSocketFactory());

    assertThat(here.lines())
        .singleElement()
        .asString()
        .contains("its certificate is not signed by an authority in cluster.tls.ca");
  }

  @Test
  void callerWhoseCertificateHasExpired_isNotAcceptedAndNamed() throws IOException {
    TestCertificates certificates =
        TestCertificates.in(ours, "a")
            .issue("late", Instant.now().minus(Duration.ofDays(2)), Duration.ofDays(1));

    callAndAwaitRefusal(certificates, certificates.stranger("late").getSocketFactory());

    assertThat(here.lines()).singleElement().asString().contains("its certificate has expired");
  }

  private void callAndAwaitRefusal(TestCertificates certificates, SocketFactory caller)
      throws IOException {
    ServerSocket server = listen(tls(certificates, "a", here));
    CompletableFuture<Socket> accepted = acceptOne(server);

    Socket stranger = caller.createSocket(server.getInetAddress(), server.getLocalPort());
    opened.add(stranger);

    // To the caller the handshake is a success; the refusal follows it.
    assertThatThrownBy(() -> read(stranger, 1)).isInstanceOf(IOException.class);
    assertThat(accepted).isNotDone();
    awaitLine(here);
  }

  @Test
  void nodeOfAnotherAuthority_isRefusedByBothEnds() throws IOException {
    ServerSocket server = listen(tls(TestCertificates.in(ours, "a"), "a", here));
    CompletableFuture<Socket> accepted = acceptOne(server);
    PeerSockets stranger = tls(TestCertificates.in(theirs, "b"), "b", there);

    assertThatThrownBy(() -> connect(stranger, server)).isInstanceOf(SocketException.class);

    assertThat(there.lines())
        .singleElement()
        .asString()
        .contains("its certificate is not signed by an authority in cluster.tls.ca");
    awaitLine(here);
    assertThat(accepted).isNotDone();
    assertThat(here.lines()).singleElement().asString().contains("it refuses this node's");
  }

  @Test
  void nodeWithoutTls_callingOneWithIt_isRefusedAndBothSayWhy() throws IOException {
    ServerSocket server = listen(tls(TestCertificates.in(ours, "a"), "a", here));
    CompletableFuture<Socket> accepted = acceptOne(server);

    Socket plain = connect(plain(there), server);
    write(plain, "bela, as JGroups begins");

    assertThatThrownBy(() -> read(plain, 1))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("it speaks TLS and this node does not");
    assertThat(accepted).isNotDone();
    awaitLine(here);
    assertThat(here.lines()).singleElement().asString().contains("it does not speak TLS");
    assertThat(there.lines()).singleElement().asString().contains("it speaks TLS");
  }

  @Test
  void nodeWithTls_callingOneWithoutIt_isRefusedAndBothSayWhy() throws IOException {
    ServerSocket server = listen(plain(here));
    CompletableFuture<Void> served =
        acceptOne(server)
            .thenAccept(
                socket -> {
                  assertThatThrownBy(() -> read(socket, 4)).isInstanceOf(SocketException.class);
                  close(socket);
                });
    PeerSockets secured = tls(TestCertificates.in(ours, "b"), "b", there);

    assertThatThrownBy(() -> connect(secured, server)).isInstanceOf(SocketException.class);

    served.join();
    assertThat(here.lines()).singleElement().asString().contains("it speaks TLS");
    assertThat(there.lines())
        .singleElement()
        .asString()
        .contains("it ended the connection during the handshake");
  }

  @Test
  void strangersWhoSayNothing_holdUpNobody() throws IOException {
    TestCertificates certificates = TestCertificates.in(ours, "a", "b");
    ServerSocket server = listen(tls(certificates, "a", here));
    for (int i = 0; i < 10; i++) {
      opened.add(new Socket(server.getInetAddress(), server.getLocalPort()));
    }
    CompletableFuture<Socket> accepted = acceptOne(server);

    connect(tls(certificates, "b", there), server);

    opened.add(accepted.join());
    assertThat(here.refusals().count()).isZero();
  }

  @Test
  void peerThatIsFrozen_called_isGivenUpAtTheDeadline() throws IOException {
    // The kernel accepts for it, as it does for a stopped process.
    try (ServerSocket frozen = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PeerSockets secured = tls(TestCertificates.in(ours, "b"), "b", there);

      assertThatThrownBy(() -> connect(secured, frozen))
          .isInstanceOf(SocketException.class)
          .hasMessage("it did not finish the handshake within 1000 ms");
    }
  }

  @Test
  void strangerOnAPlainPort_isToldAndGetsNoFurther() throws IOException {
    ServerSocket server = listen(plain(here));
    CompletableFuture<Socket> accepted = acceptOne(server);
    Socket stranger = new Socket(server.getInetAddress(), server.getLocalPort());
    opened.add(stranger);
    write(stranger, "GET / HTTP/1.1\r\n");

    assertThatThrownBy(() -> read(accepted.join(), 4)).isInstanceOf(SocketException.class);

    assertThat(here.lines()).singleElement().asString().contains("not how a member begins");
  }

  private PeerSockets tls(TestCertificates certificates, String node, RecordedRefusals refusals) {
    PeerSockets sockets =
        PeerSockets.tls(certificates.credentials(node).sslContext(), refusals.refusals());
    opened.add(sockets);
    return sockets;
  }

  private PeerSockets plain(RecordedRefusals refusals) {
    PeerSockets sockets = PeerSockets.plain(refusals.refusals());
    opened.add(sockets);
    return sockets;
  }

  private ServerSocket listen(PeerSockets sockets) throws IOException {
    ServerSocket server = sockets.createServerSocket("test");
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    opened.add(server);
    return server;
  }

  private Socket connect(PeerSockets sockets, ServerSocket server) throws IOException {
    Socket socket = sockets.createSocket("test");
    opened.add(socket);
    socket.connect(server.getLocalSocketAddress(), CONNECT_MILLIS);
    return socket;
  }

  private static CompletableFuture<Socket> acceptOne(ServerSocket server) {
    CompletableFuture<Socket> accepted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                accepted.complete(server.accept());
              } catch (IOException e) {
                accepted.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return accepted;
  }

  private static void awaitLine(RecordedRefusals refusals) {
    while (refusals.lines().isEmpty()) {
      Thread.onSpinWait(); // the test's time-out ends it
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String read(Socket socket, int length) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(length);
    if (bytes.length < length) {
      throw new SocketException("ended after " + bytes.length + " bytes");
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
