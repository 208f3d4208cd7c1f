package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sends what no honest client sends. After each case the connection is closed, or the next request
 * on it gets its own answer; nothing is answered with a server error and nothing hangs.
 */
@Timeout(120)
class HostileInputIT {
  private static final String CANARY =
      "GET /v1/ping HTTP/1.1\r\nHost: a\r\nX-Request-Id: canary\r\n\r\n";
  private static EdgeNode edge;

  @BeforeAll
  static void start(@TempDir Path directory) {
    edge = new EdgeNode(directory, http -> {}, new SampleVerticle());
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static Named<String> c(String name, String request) {
    return Named.of(name, request);
  }

  /** Requests that must be refused, whatever else happens. */
  static Stream<Named<String>> malformed() {
    String post = "POST /v1/items HTTP/1.1\r\nHost: a\r\n";
    String get = "GET /v1/ping HTTP/1.1\r\nHost: a\r\n";
    return Stream.of(
        c("CL.TE", post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"),
        c("TE.CL", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n"),
        c("TE.TE", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"),
        c("TE twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        c("TE unknown", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        c("TE not last", post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
        c("TE vertical tab", post + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n"),
        c("two CL", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
        c("CL list", post + "Content-Length: 5, 6\r\n\r\nabcdef"),
        c("CL negative", post + "Content-Length: -1\r\n\r\n"),
        c("CL plus", post + "Content-Length: +5\r\n\r\nabcde"),
        c("CL hex", post + "Content-Length: 0x5\r\n\r\nabcde"),
        c("CL huge", post + "Content-Length: 99999999999999999999\r\n\r\n"),
        c("CL large", post + "Content-Length: 9223372036854775807\r\n\r\n"),
        c("CL space inside", post + "Content-Length: 1 0\r\n\r\nabcdefghij"),
        c("HTTP/1.0 TE", "POST /v1/items HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        c(
            "HTTP/1.0 TE and CL",
            "POST /v1/items HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Length: 5\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n"),
        c("space before colon", get + "Content-Length : 5\r\n\r\nabcde"),
        c("space first", "GET /v1/ping HTTP/1.1\r\n Host: a\r\n\r\n"),
        c("no colon", get + "nonsense\r\n\r\n"),
        c("empty name", get + ": b\r\n\r\n"),
        c("NUL in value", get + "X-A: b\u0000c\r\n\r\n"),
        c("CR in value", get + "X-A: b\rc\r\n\r\n"),
        c("control in name", get + "X-\u0001A: b\r\n\r\n"),
        c("no host", "GET /v1/ping HTTP/1.1\r\n\r\n"),
        c("two hosts", get + "Host: b\r\n\r\n"),
        c("empty host", "GET /v1/ping HTTP/1.1\r\nHost: \r\n\r\n"),
        c("host with path", "GET /v1/ping HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        c("host with user", "GET /v1/ping HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        c("host list", "GET /v1/ping HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        c("host port", "GET /v1/ping HTTP/1.1\r\nHost: a:99999\r\n\r\n"),
        c("no version", "GET /v1/ping\r\n\r\n"),
        c("binary", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n"),
        c("leading control", "\u0001GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("raw UTF-8", "GET /v1/items/\u00c3\u00bc HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("raw UTF-8 query", "GET /v1/ping?q=\u00c3\u00bc HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("bad escape", "GET /v1/items/%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("short escape", "GET /v1/items/%f HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("bare percent", "GET /v1/items/% HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("fragment", "GET /v1/ping#a HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("relative", "GET v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("backslash", "GET /v1\\ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("asterisk", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("connect", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("absolute without path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("absolute of other scheme", "GET ftp://a/v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("long line", "GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("endless line", "GET /" + "a".repeat(50_000)),
        c("large header", get + "X-A: " + "a".repeat(9000) + "\r\n\r\n"),
        c("many headers", get + "X-A: a\r\n".repeat(2000) + "\r\n"),
        c("chunk size", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"),
        c("chunk size negative", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n"),
        c("chunk size huge", post + "Transfer-Encoding: chunked\r\n\r\nffffffffff\r\nabc"),
        c("chunk too long", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"),
        c(
            "chunk extension",
            post + "Transfer-Encoding: chunked\r\n\r\n3;a=\"\r\n\r\nabc\r\n0\r\n\r\n"),
        c(
            "chunks too large",
            post
                + "Transfer-Encoding: chunked\r\n\r\n"
                + ("1f4\r\n" + "a".repeat(500) + "\r\n").repeat(3)
                + "0\r\n\r\n"),
        c("body too large", post + "Content-Length: 1001\r\n\r\n" + "a".repeat(1001)),
        c("unwanted body", get + "Content-Length: 100000\r\n\r\n" + "a".repeat(100_000)),
        c(
            "upgrade h2c without a body",
            get
                + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
                + "Content-Length: x\r\n\r\n"));
  }

  /** Requests that are odd but mean one thing only; they may be served. */
  static Stream<Named<String>> odd() {
    String post = "POST /v1/items HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    return Stream.of(
        c("absolute-form", "GET http://a/v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("absolute-form of another host", "GET http://b/v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("HTTP/1.0", "GET /v1/ping HTTP/1.0\r\n\r\n"),
        c("HTTP/1.0 keep-alive", "GET /v1/ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        c("empty lines first", "\r\n\r\nGET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("bare LF", "GET /v1/ping HTTP/1.1\nHost: a\n\n"),
        c(
            "same CL twice",
            post + "Content-Length: 14\r\nContent-Length: 14\r\n\r\n{\"name\":\"tea\"}"),
        c(
            "chunked",
            post
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "7\r\n{\"name\"\r\n7;x=y\r\n:\"tea\"}\r\n0\r\nX-Trailer: 1\r\n\r\n"),
        c("obs-fold", "GET /v1/ping HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n"),
        c("obs-fold tab", "GET /v1/ping HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\n\r\n"),
        c("close", "GET /v1/ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        c(
            "upgrade",
            "GET /v1/ping HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Version: 13\r\n\r\n"),
        c("IPv6 host", "GET /v1/ping HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        c("options asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("unknown method", "BREW /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("lower-case method", "get /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        c("body with 404", "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"),
        c(
            "large body with 404",
            "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"
                + "a".repeat(70_000)),
        c(
            "unwanted small body",
            "GET /v1/ping HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"),
        c(
            "control characters in an id",
            "GET /v1/ping HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\tb\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void request_malformed_isRefusedAndTheConnectionStaysInStep(String request) throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(request);
      client.send(CANARY);

      RawClient.Answer answer = client.read();
      if (answer != null) {
        assertThat(answer.status()).isBetween(400, 499);
        expectCanaryOrEnd(client);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("odd")
  void request_odd_isAnsweredAndTheConnectionStaysInStep(String request) throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(request);
      client.send(CANARY);

      RawClient.Answer answer = client.read();
      assertThat(answer).isNotNull();
      assertThat(answer.status()).isBetween(200, 499);
      expectCanaryOrEnd(client);
    }
  }

  /** Vert.x answers these 501 by itself, without asking the edge. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/ping HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET /v1/ping HTTP/9.9\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
      })
  void request_otherVersion_isNotImplementedAndTheConnectionIsClosed(String request)
      throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(request);
      client.send(CANARY);

      RawClient.Answer answer = client.read();
      if (answer != null) {
        assertThat(answer.status()).isEqualTo(501);
        assertThat(client.read()).isNull();
      }
    }
  }

  @Test
  void request_randomBytes_isNeverAServerErrorAndNeverHangs() throws IOException {
    Random random = new Random(42);
    String valid =
        "POST /v1/items HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{\"name\":\"tea\"}";
    for (int round = 0; round < 500; round++) {
      StringBuilder request = new StringBuilder(valid);
      for (int i = 0; i <= random.nextInt(4); i++) {
        request.setCharAt(random.nextInt(request.length()), (char) random.nextInt(256));
      }
      try (RawClient client = new RawClient(edge.port())) {
        client.send(request.toString());
        // Ends whatever length was made of the request's.
        client.send("\r\n\r\n" + "a".repeat(70_000) + "\r\n\r\n\r\n");
        for (RawClient.Answer answer = client.read(); answer != null; answer = client.read()) {
          if (answer.status() != 501) {
            assertThat(answer.status()).as(request.toString()).isBetween(200, 499);
          }
          if (answer.closes()) {
            break;
          }
        }
      }
    }
  }

  @Test
  void requests_pipelined_areAnsweredInOrder() throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        requests.append("GET /v1/items/").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
      }
      client.send(requests.toString());
      for (int i = 0; i < 200; i++) {
        RawClient.Answer answer = client.read();
        assertThat(answer).as("answer %d", i).isNotNull();
        assertThat(answer.body()).startsWith("{\"id\":\"" + i + "\",");
      }
    }
  }

  @Test
  void head_onAConnection_leavesItInStep() throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("HEAD /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readHead().headers()).containsEntry("content-length", "18");
      client.send(CANARY);
      assertThat(client.read().body()).isEqualTo("{\"message\":\"pong\"}");
    }
  }

  @Test
  void post_expectContinue_isToldToGoOn() throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(
          "POST /v1/items HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
              + "Content-Length: 14\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(100);
      client.send("{\"name\":\"tea\"}");
      assertThat(client.read().status()).isEqualTo(201);
      expectCanary(client);
    }
  }

  @Test
  void post_expectContinueWithTooLargeBody_isRefusedInsteadAndClosed() throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(
          "POST /v1/items HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
              + "Content-Length: 5000\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(413);
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void post_otherExpectation_cannotBeMet() throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(
          "POST /v1/items HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 2\r\n\r\n{}");
      assertThat(client.read().status()).isEqualTo(417);
    }
  }

  private static void expectCanary(RawClient client) throws IOException {
    client.send(CANARY);
    expectCanaryOrEnd(client);
  }

  private static void expectCanaryOrEnd(RawClient client) throws IOException {
    RawClient.Answer next = client.read();
    if (next != null) {
      assertThat(next.status()).isEqualTo(200);
      assertThat(next.body()).isEqualTo("{\"message\":\"pong\"}");
      assertThat(next.headers()).containsEntry("x-request-id", "canary");
    }
  }
}
