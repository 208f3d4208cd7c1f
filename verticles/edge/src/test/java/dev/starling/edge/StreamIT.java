package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.testkit.TestNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams in the body of a response, over real sockets. */
@Timeout(60)
class StreamIT {
  private static final String EVENTS = "text/event-stream";
  private static final String LINES = "application/x-ndjson";

  private final StreamVerticle streams = new StreamVerticle();
  private EdgeNode edge;

  @BeforeEach
  void start(@TempDir Path directory) {
    edge =
        new EdgeNode(
            directory,
            http -> http.putObject("streams").put("max", 3).put("heartbeat", "300ms"),
            streams,
            new TokenVerticle(),
            new LimitVerticle(1_000_000));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void get_events_areItemsWithNameAndIdAndAnEnd() throws Exception {
    HttpResponse<String> response = edge.get("/v1/ticks?count=2", "accept", EVENTS);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains(EVENTS);
    assertThat(response.headers().firstValue("cache-control")).contains("no-store");
    assertThat(response.headers().firstValue("traceparent")).isPresent();
    assertThat(response.headers().firstValue("ratelimit")).isPresent();
    assertThat(response.body())
        .isEqualTo(
            """
            id: 1
            event: tick
            data: {"number":1,"text":"a\\nb"}

            id: 2
            event: tick
            data: {"number":2,"text":"a\\nb"}

            event: end
            data: {}

            """);
    assertThat(streams.awaitClosed()).isEqualTo("ended");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
    awaitTrue(() -> edge.node().busNode().streams() == 0);
  }

  @Test
  void get_lines_areAllThereInOrder() {
    HttpResponse<String> response = edge.get("/v1/ticks?count=20000", "accept", LINES);

    assertThat(response.headers().firstValue("content-type")).contains(LINES);
    String[] lines = response.body().split("\n", -1);
    assertThat(lines).hasSize(20_001);
    for (int i = 1; i <= 20_000; i++) {
      assertThat(lines[i - 1]).isEqualTo("{\"number\":" + i + ",\"text\":\"a\\nb\"}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'*/*', application/x-ndjson",
    "'text/*', text/event-stream",
    "'application/x-ndjson, text/event-stream;q=0.5', application/x-ndjson",
    "'application/json;q=0.9, text/event-stream;q=0.1', text/event-stream"
  })
  void get_accept_choosesTheForm(String accept, String type) {
    HttpResponse<String> response = edge.get("/v1/ticks?count=1", "accept", accept);

    assertThat(response.headers().firstValue("content-type")).contains(type);
  }

  @Test
  void get_acceptsNeither_isNotAcceptable() {
    HttpResponse<String> response = edge.get("/v1/ticks?count=1", "accept", "application/json");

    assertThat(response.statusCode()).isEqualTo(406);
    assertThat(EdgeNode.json(response).path("detail").asText())
        .contains("text/event-stream or application/x-ndjson");
  }

  @Test
  void get_lastEventId_reachesTheOperationAndItsHeadersTheClient() {
    HttpResponse<String> response = edge.get("/v1/last-seen", "last-event-id", "41");

    assertThat(response.body()).isEqualTo("{\"number\":0,\"text\":\"41\"}\n");
    assertThat(response.headers().firstValue("etag")).contains("\"v1\"");
  }

  @Test
  void post_body_opensAStream() {
    HttpResponse<String> response =
        edge.post("/v1/answers", "{\"text\":\"why\"}", "accept", EVENTS);

    assertThat(response.body())
        .startsWith("id: 1\nevent: token\ndata: {\"number\":1,\"text\":\"why\"}\n\n");
    assertThat(edge.post("/v1/answers", "{\"text\":\"\"}").statusCode()).isEqualTo(422);
  }

  @Test
  void get_refusedOrInvalidOrNotAllowed_isAProblemAsEverywhere() {
    assertThat(edge.get("/v1/absent").statusCode()).isEqualTo(404);
    assertThat(edge.get("/v1/ticks?count=0").statusCode()).isEqualTo(422);
    assertThat(edge.get("/v1/mine").statusCode()).isEqualTo(401);
    assertThat(edge.send("HEAD", "/v1/quiet", null).statusCode()).isEqualTo(405);
    assertThat(edge.get("/v1/echo").statusCode()).isEqualTo(426);
    assertThat(edge.get("/v1/echo").headers().firstValue("upgrade")).contains("websocket");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"broken, 500", "refused, 409"})
  void get_failsBeforeTheFirstItem_isAProblemWithItsStatus(String how, int status) {
    HttpResponse<String> response = edge.get("/v1/" + how + "/0", "accept", EVENTS);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(response.body()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({"broken, 500, the service failed", "refused, 409, another one came"})
  void get_failsAfterAnItem_eventsEndWithAnErrorEvent(String how, int status, String detail) {
    HttpResponse<String> response = edge.get("/v1/" + how + "/1", "accept", EVENTS);

    assertThat(response.statusCode()).isEqualTo(200);
    String[] events = response.body().split("\n\n", -1);
    assertThat(events).hasSize(3);
    assertThat(events[1]).startsWith("event: error\ndata: {");
    JsonNode problem = EdgeNode.json(events[1].substring(events[1].indexOf('{')));
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).isEqualTo(detail);
    assertThat(problem.path("requestId").asText()).isNotEmpty();
  }

  @Test
  void get_failsAfterAnItem_linesEndWithAnErrorLineAndAreCutOff() throws IOException {
    try (RawClient client = open("/v1/refused/1", LINES)) {
      String all = client.readAll();

      assertThat(all)
          .contains("{\"number\":1,\"text\":\"\"}\n", "{\"error\":{\"type\":", "\"status\":409")
          // The chunk that says that a body is complete.
          .doesNotEndWith("0\r\n\r\n");
    }
  }

  @Test
  void get_clientLeaves_producerIsCancelled() throws Exception {
    try (RawClient client = open("/v1/quiet", EVENTS)) {
      // The head comes although there is no item.
      assertThat(client.readHead().headers()).containsEntry("content-type", EVENTS);
      assertThat(edge.awaitGauge("edge.streams", 1)).isEqualTo(1);
    }

    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
    awaitTrue(() -> edge.node().busNode().streams() == 0);
  }

  @Test
  void get_quietStream_hasHeartbeats() throws IOException {
    try (RawClient client = open("/v1/quiet", EVENTS)) {
      client.readHead();

      assertThat(client.readChunks(3)).isEqualTo(":\n\n:\n\n:\n\n");
    }
    try (RawClient client = open("/v1/quiet", LINES)) {
      client.readHead();

      assertThat(client.readChunks(2)).isEqualTo("\n\n");
    }
  }

  @Test
  void get_clientThatDoesNotRead_pausesTheProducer() throws Exception {
    try (RawClient client = RawClient.withSmallBuffer(edge.port())) {
      client.send(request("/v1/flood", LINES));

      int sent = awaitStandstill();
      // What the kernel's buffers, the socket's queue and one window hold, a kilobyte each.
      assertThat(sent).isBetween(64, 12_000);

      client.readHead();
      client.readChunks(1000);
      awaitTrue(() -> streams.flooded.get() > sent);
    }
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  @Test
  void get_moreThanTheNodeMayHave_isOverloaded() throws Exception {
    RawClient[] clients = new RawClient[3];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = open("/v1/quiet", EVENTS);
      clients[i].readHead();
    }
    HttpResponse<String> refused = edge.get("/v1/quiet");
    for (RawClient client : clients) {
      client.close();
    }

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("too many streams");
    assertThat(edge.awaitGauge("edge.streams", 0)).isZero();
    assertThat(edge.get("/v1/ticks?count=1").statusCode()).isEqualTo(200);
  }

  @Test
  void undeploy_service_clientsAreTold() throws IOException {
    try (RawClient client = open("/v1/quiet", EVENTS)) {
      client.readHead();
      client.readChunks(1);

      edge.undeploy(0);

      assertThat(client.readBody())
          .contains("event: error\ndata: {", "\"status\":503", "can be opened again");
    }
  }

  @Test
  void undeploy_edge_clientsAreToldAndProducersCancelled() throws Exception {
    try (RawClient client = open("/v1/quiet", EVENTS)) {
      client.readHead();
      client.readChunks(1);

      edge.stopEdge();

      assertThat(client.readAll()).contains("event: error\ndata: {", "\"status\":503");
    }
    assertThat(streams.awaitClosed()).isEqualTo("CANCELLED");
  }

  @Test
  void draining_begun_endsStreamsAndTakesNoNew() throws Exception {
    try (RawClient client = open("/v1/quiet", EVENTS)) {
      client.readHead();

      Draining.of(edge.node().scope()).begin();

      assertThat(client.readAll()).contains("event: error\ndata: {", "\"status\":503");
    }
    assertThat(edge.get("/v1/quiet").statusCode()).isEqualTo(503);
  }

  @Test
  void openApi_streams_saysInWhichForms() {
    Map<String, String> expected = Map.of("/v1/ticks", "get", "/v1/answers", "post");
    expected.forEach(
        (path, method) ->
            assertThat(
                    EdgeNode.json(edge.get("/openapi.json"))
                        .path("paths")
                        .path(path)
                        .path(method)
                        .path("responses")
                        .path("200")
                        .path("content")
                        .fieldNames())
                .toIterable()
                .containsExactly(EVENTS, LINES));
    assertThat(
            EdgeNode.json(edge.get("/openapi.json"))
                .at("/paths/~1v1~1echo/get/responses/101/x-websocket/receives/$ref")
                .asText())
        .endsWith("streams.Question");
  }

  private RawClient open(String path, String accept) throws IOException {
    return new RawClient(edge.port()).send(request(path, accept));
  }

  private static String request(String path, String accept) {
    return "GET " + path + " HTTP/1.1\r\nhost: localhost\r\naccept: " + accept + "\r\n\r\n";
  }

  /** Waits until the flood stands still: nothing sent while the service's loop turned often. */
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
}
