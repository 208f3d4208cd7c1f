package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.testkit.TestNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams over WebSockets. */
@Timeout(60)
class SocketIT {
  private final StreamVerticle streams = new StreamVerticle();
  private EdgeNode edge;
  private WebSocketClient client;

  @BeforeEach
  void start(@TempDir Path directory) {
    edge =
        new EdgeNode(
            directory,
            http -> {
              http.putObject("streams").put("heartbeat", "200ms");
              http.putObject("cors").putArray("origins").add("https://app.example.org");
            },
            streams,
            new TokenVerticle(),
            new LimitVerticle(1_000_000));
    client =
        edge.node()
            .vertx()
            .createWebSocketClient(
                new WebSocketClientOptions().setMaxMessageSize(1 << 20).setMaxFrameSize(1 << 20));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void socket_messages_areAnsweredInOrder() throws Exception {
    Client socket = connect("/v1/echo");

    for (int i = 1; i <= 500; i++) {
      socket.send("{\"text\":\"" + i + "\"}");
    }
    socket.send("{\"text\":\"end\"}");

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1000);
    assertThat(socket.messages).hasSize(500);
    assertThat(socket.messages.get(499)).isEqualTo("{\"number\":500,\"text\":\"500\"}");
    assertThat(streams.awaitClosed()).isEqualTo("ended");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
    awaitTrue(() -> edge.node().busNode().streams() == 0);
  }

  @Test
  void socket_ofAStream_getsItsItemsAndANormalClose() {
    Client socket = connect("/v1/ticks?count=3");

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1000);
    assertThat(socket.messages).hasSize(3).first().isEqualTo("{\"number\":1,\"text\":\"a\\nb\"}");
  }

  @Test
  void socket_invalidMessage_isClosedAndSaysWhy() throws Exception {
    Client socket = connect("/v1/echo");

    socket.send("{\"text\":\"\"}");

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1008);
    assertThat(socket.closeReason).contains("breaks a constraint");
    assertThat(streams.awaitClosed()).isEqualTo("ended");
  }

  @Test
  void socket_binaryMessage_isUnsupported() throws Exception {
    Client socket = connect("/v1/echo");

    TestNode.await(socket.webSocket.writeBinaryMessage(Buffer.buffer("x")));

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1003);
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  @Test
  void socket_messageToAStreamThatTakesNone_breaksTheRules() throws Exception {
    Client socket = connect("/v1/quiet");

    socket.send("{}");

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1008);
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  @Test
  void socket_tooLargeMessage_endsTheConnection() throws Exception {
    Client socket = connect("/v1/echo");

    socket.webSocket.writeTextMessage("x".repeat(300_000));

    awaitTrue(() -> socket.webSocket.isClosed());
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
  }

  @Test
  void socket_clientCloses_producerIsCancelled() throws Exception {
    Client socket = connect("/v1/quiet");

    TestNode.await(socket.webSocket.close((short) 4000));

    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
    assertThat(edge.awaitGauge("edge.connections", 0)).isZero();
  }

  @Test
  void socket_clientSaysGoodbye_theServiceHearsAllAndEnds() throws Exception {
    Client socket = connect("/v1/echo");
    socket.send("{\"text\":\"one\"}");

    TestNode.await(socket.webSocket.close());

    assertThat(streams.awaitClosed()).isEqualTo("ended");
  }

  @Test
  void socket_producerFails_isClosedWithAnInternalError() {
    Client socket = connect("/v1/broken/2");

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1011);
    assertThat(socket.closeReason).isEqualTo("Internal Server Error: the service failed");
    assertThat(socket.messages).hasSize(2);
  }

  @Test
  void undeploy_service_asksClientsToComeBack() {
    Client socket = connect("/v1/quiet");

    edge.undeploy(0);

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1012);
  }

  @Test
  void undeploy_edge_asksClientsToComeBackAndCancelsProducers() throws Exception {
    Client socket = connect("/v1/quiet");

    edge.stopEdge();

    awaitTrue(() -> socket.closeCode != null);
    assertThat(socket.closeCode).isEqualTo((short) 1012);
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  @Test
  void socket_quiet_isPinged() {
    Client socket = connect("/v1/quiet");

    awaitTrue(() -> socket.pings.get() >= 3);
    assertThat(socket.closeCode).isNull();
  }

  @Test
  void socket_clientThatDoesNotRead_pausesTheProducer() throws Exception {
    Client socket = connect("/v1/flood");
    socket.webSocket.pause();

    int sent = awaitStandstill();
    assertThat(sent).isLessThan(30_000);

    socket.webSocket.resume();
    awaitTrue(() -> streams.flooded.get() > sent);
    TestNode.await(socket.webSocket.close((short) 4000));
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/absent, '', 13, 404",
    "/v1/mine, '', 13, 401",
    "/v1/echo, '', 8, 400",
    "/v1/echo, https://evil.example.org, 13, 403",
    "/v1/echo, http://localhost.example.org, 13, 403",
    "/v1/echo, null, 13, 403",
    "/v1/echo, https://app.example.org, 13, 101",
    "/v1/echo, http://localhost, 13, 101",
    "/v1/items/1, '', 13, 404"
  })
  void upgrade_pathOriginAndVersion_decide(String path, String origin, String version, int status)
      throws IOException {
    try (RawClient raw = new RawClient(edge.port())) {
      raw.send(
          "GET %s HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                  .formatted(path)
              + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: "
              + version
              + (origin.isEmpty() ? "" : "\r\norigin: " + origin)
              + "\r\n\r\n");

      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).isEqualTo(status);
      if (status != 101) {
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
        // The connection is as good as before.
        raw.send("GET /v1/ticks?count=0 HTTP/1.1\r\nhost: localhost\r\n\r\n");
        assertThat(raw.read().status()).isEqualTo(422);
      }
    }
  }

  private Client connect(String path) {
    Client socket = new Client();
    TestNode.await(client.connect(edge.port(), "127.0.0.1", path).onSuccess(socket::opened));
    return socket;
  }

  private int awaitStandstill() {
    int sent = -1;
    while (sent != streams.flooded.get() || sent == 0) {
      sent = streams.flooded.get();
      TestNode.await(edge.node().vertx().timer(300, TimeUnit.MILLISECONDS));
    }
    return sent;
  }

  private static void awaitTrue(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  /** What a client saw. */
  private static final class Client {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final AtomicInteger pings = new AtomicInteger();
    volatile @Nullable Short closeCode;
    volatile @Nullable String closeReason;
    WebSocket webSocket;

    void opened(WebSocket opened) {
      webSocket = opened;
      opened.textMessageHandler(messages::add);
      opened.frameHandler(frame -> pings.addAndGet(frame.isPing() ? 1 : 0));
      opened.closeHandler(
          closed -> {
            closeReason = opened.closeReason();
            closeCode = opened.closeStatusCode();
          });
    }

    void send(String text) {
      TestNode.await(webSocket.writeTextMessage(text));
    }
  }
}
