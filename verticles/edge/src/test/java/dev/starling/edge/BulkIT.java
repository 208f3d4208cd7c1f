package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lines in a request's body, each answered by a line of the response, over real sockets. */
@Timeout(120)
class BulkIT {
  private static final String LINES = "application/x-ndjson";
  private static final String PATH = "/v1/numbers:double";

  private final BulkVerticle secureBulk = new BulkVerticle();
  private BulkVerticle bulk = new BulkVerticle();
  private EdgeNode plain;
  private @Nullable EdgeNode secure;

  @TempDir Path directory;

  @BeforeEach
  void start() throws Exception {
    plain = new EdgeNode(directory, http -> {}, bulk, new LimitVerticle(1_000_000));
  }

  @AfterEach
  void stop() {
    plain.close();
    if (secure != null) {
      secure.close();
    }
  }

  @Test
  void post_lines_areAnsweredEachForItself() {
    String body =
        """
        {"value":1}
        {"value":100}

        {"value":1001}\r
        {"val":1}
        no JSON
        {"value":%s}
        {"value":999}
        {"value":2}"""
            .formatted("9".repeat(BulkVerticle.MAX_LINE));

    HttpResponse<String> response = plain.send("POST", PATH, body, "content-type", LINES);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains(LINES);
    TreeMap<Long, JsonNode> answers = byLine(response.body());
    assertThat(answers.keySet()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(answers.values())
        .extracting(answer -> answer.path("status").asInt())
        .containsExactly(201, 409, 422, 422, 400, 413, 504, 201);
    assertThat(answers.get(1L))
        .hasToString(
            """
            {"line":1,"status":201,"headers":{"location":"/v1/numbers/1"},"result":{"value":2}}""");
    assertThat(answers.get(2L).path("problem").path("type").asText())
        .isEqualTo("/problems/round-number");
    assertThat(answers.get(3L).path("problem").path("errors").path(0).path("pointer").asText())
        .isEqualTo("/value");
    assertThat(answers.get(7L).path("problem").path("outcome").asText()).isEqualTo("unknown");
    assertThat(response.body()).doesNotContain("hunter2");
  }

  @Test
  void post_noLines_isAnEmptyAnswer() {
    HttpResponse<String> none = plain.send("POST", PATH, null, "content-type", LINES);
    HttpResponse<String> blank = plain.send("POST", PATH, "\n \n", "content-type", LINES);

    assertThat(none.statusCode()).isEqualTo(200);
    assertThat(none.body()).isBlank();
    assertThat(blank.body()).isBlank();
    assertThat(bulk.called).hasValue(0);
  }

  @Test
  void post_otherMediaTypes_areRefusedUnread() {
    assertThat(plain.send("POST", PATH, "{}", "content-type", "application/json").statusCode())
        .isEqualTo(415);
    assertThat(
            plain
                .send("POST", PATH, "{}", "content-type", LINES, "accept", "text/event-stream")
                .statusCode())
        .isEqualTo(406);
    assertThat(plain.get("/v1/numbers").statusCode()).isEqualTo(200);
    assertThat(bulk.called).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void post_answers_comeWhileLinesAreStillSent(HttpVersion version) throws Exception {
    HttpClientRequest request = open(version);
    StringBuilder seen = new StringBuilder();
    Promise<Void> first = Promise.promise();
    Promise<Void> ended = Promise.promise();
    Future<HttpClientResponse> response =
        request
            .response()
            .onSuccess(
                answer ->
                    answer
                        .endHandler(end -> ended.complete())
                        .handler(
                            buffer -> {
                              seen.append(buffer);
                              if (buffer.toString().contains("\"line\":1,")) {
                                first.tryComplete();
                              }
                            }));

    // A line in two pieces: it is one line.
    request.write("{\"val");
    request.write("ue\":7}\n");
    TestNode.await(first.future());
    request.end("{\"value\":8}\n");

    assertThat(TestNode.await(response).version()).isEqualTo(version);
    TestNode.await(ended.future());
    assertThat(byLine(seen.toString()).values())
        .extracting(answer -> answer.path("result").path("value").asInt())
        .containsExactly(14, 16);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void post_moreThanTheServiceTakes_waitsInTheClient(HttpVersion version) throws Exception {
    // Together more than what the kernel's buffers hold.
    int lines = 120_000;
    HttpClientRequest request = open(version);
    bulk.holding = true;
    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
    Promise<Void> sent = Promise.promise();
    String block = ("{\"value\":1" + " ".repeat(BulkVerticle.MAX_LINE - 20) + "}\n").repeat(1_000);
    send(request, block, lines / 1_000, sent);

    int called = -1;
    while (called != bulk.called.get() || called == 0) {
      called = bulk.called.get();
      TestNode.await(plain.node().vertx().timer(300, TimeUnit.MILLISECONDS));
    }
    // What may be under way, and a window of the stream.
    assertThat(called).isLessThanOrEqualTo(256 + 64);
    assertThat(sent.future().isComplete()).as("the client is held back").isFalse();

    bulk.letGo();
    // Heartbeats are empty lines.
    assertThat(TestNode.await(body).toString().lines().filter(line -> !line.isBlank()))
        .hasSize(lines);
    assertThat(bulk.called).hasValue(lines);
  }

  @Test
  void post_clientLeavesHalfway_theRestIsNotCalledAndNothingIsLeft() throws Exception {
    bulk.holding = true;
    HttpClientRequest request = open(HttpVersion.HTTP_1_1);
    request.write("{\"value\":1}\n");
    while (bulk.called.get() == 0) {
      Thread.onSpinWait();
    }

    request.connection().close();

    assertThat(plain.awaitGauge("edge.streams", 0)).isZero();
    bulk.letGo();
    assertThat(bulk.called).hasValue(1);
    assertThat(plain.get("/v1/numbers").statusCode()).isEqualTo(200);
  }

  @Test
  void post_serviceStops_saysThatUnansweredLinesWereNotExecuted() throws Exception {
    HttpClientRequest request = open(HttpVersion.HTTP_1_1);
    StringBuilder seen = new StringBuilder();
    Promise<Void> broken = Promise.promise();
    Promise<Void> first = Promise.promise();
    request
        .response()
        .onSuccess(
            answer ->
                answer
                    .exceptionHandler(failure -> broken.tryComplete())
                    .endHandler(end -> broken.tryFail("it ended as if it were complete"))
                    .handler(
                        buffer -> {
                          seen.append(buffer);
                          first.tryComplete();
                        }));
    request.write("{\"value\":1}\n");
    TestNode.await(first.future());

    plain.undeploy(0);

    TestNode.await(broken.future());
    assertThat(seen.toString())
        .contains("{\"line\":1,\"status\":201", "{\"error\":{", "not-executed");
  }

  @Test
  void post_http2ServiceStopsBeforeAnAnswer_endsTheRequestWithTheProblem() throws Exception {
    HttpClientRequest request = open(HttpVersion.HTTP_2);
    EdgeNode edge = Objects.requireNonNull(secure);
    Promise<Long> reset = Promise.promise();
    request.exceptionHandler(
        failure -> {
          if (failure instanceof StreamResetException byEdge) {
            reset.tryComplete(byEdge.getCode());
          }
        });
    Future<HttpClientResponse> response = request.response();
    request.sendHead();
    assertThat(edge.awaitGauge("edge.streams", 1)).isEqualTo(1);

    edge.undeploy(0);

    assertThat(TestNode.await(response).statusCode()).isEqualTo(503);
    assertThat(TestNode.await(reset.future())).as("NO_ERROR, of HTTP/2").isZero();
  }

  /** One block after the other, as the connection takes them. */
  private static void send(
      HttpClientRequest request, String block, int blocks, Promise<Void> sent) {
    if (blocks == 0) {
      request.end().onComplete(sent);
      return;
    }
    request
        .write(block)
        .onSuccess(
            written -> {
              if (request.writeQueueFull()) {
                request.drainHandler(drained -> send(request, block, blocks - 1, sent));
              } else {
                send(request, block, blocks - 1, sent);
              }
            });
  }

  private HttpClientRequest open(HttpVersion version) throws Exception {
    EdgeNode edge = plain;
    HttpClientOptions options = new HttpClientOptions();
    if (version == HttpVersion.HTTP_2) {
      TestCertificate certificate = TestCertificate.create(directory);
      edge =
          new EdgeNode(
              directory,
              http ->
                  http.putObject("tls")
                      .put("enabled", true)
                      .put("cert", certificate.certificate().toString())
                      .put("key", certificate.key().toString()),
              secureBulk,
              new LimitVerticle(1_000_000));
      secure = edge;
      bulk = secureBulk;
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setProtocolVersion(HttpVersion.HTTP_2)
          .setTrustOptions(new PemTrustOptions().addCertPath(certificate.certificate().toString()));
    }
    HttpClientAgent client = plain.node().vertx().createHttpClient(options);
    HttpClientRequest request =
        TestNode.await(client.request(HttpMethod.POST, edge.port(), "localhost", PATH));
    request.putHeader("content-type", LINES).setChunked(true);
    return request;
  }

  private static TreeMap<Long, JsonNode> byLine(String body) {
    TreeMap<Long, JsonNode> answers = new TreeMap<>();
    List<String> lines = new ArrayList<>(List.of(body.split("\n")));
    lines.removeIf(String::isBlank);
    for (String line : lines) {
      try {
        JsonNode answer = Json.MAPPER.readTree(line);
        assertThat(answers.put(answer.path("line").asLong(), answer)).isNull();
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + line, e);
      }
    }
    return answers;
  }
}
