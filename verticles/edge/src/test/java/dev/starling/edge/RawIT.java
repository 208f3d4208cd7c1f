package dev.starling.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.bus.Cancellation;
import dev.starling.bus.PieceBudget;
import dev.starling.testkit.TestNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes for bytes, small and large, and refusals in the shape that the operation has. */
@Timeout(120)
class RawIT {
  private static final String ECHO = "/v1/raw/echo";

  private final RawVerticle raw = new RawVerticle();
  private final HttpClient client = HttpClient.newHttpClient();
  private EdgeNode edge;
  private @Nullable EdgeNode secure;

  @TempDir Path directory;

  @BeforeEach
  void start() {
    edge =
        new EdgeNode(directory, http -> {}, raw, new TokenVerticle(), new LimitVerticle(1_000_000));
  }

  @AfterEach
  void stop() {
    edge.close();
    if (secure != null) {
      secure.close();
    }
  }

  @ParameterizedTest
  // Nothing; a message; the most of one; a little more; what is refused is beyond 4,000,000.
  @ValueSource(ints = {0, 1, 1000, 512 * 1024, 512 * 1024 + 1, 4_000_000})
  void post_body_comesBackAsItWent(int length) throws Exception {
    byte[] body = random(length);

    HttpResponse<byte[]> sized = post(ECHO, BodyPublishers.ofByteArray(body));
    HttpResponse<byte[]> chunked =
        post(ECHO, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

    for (HttpResponse<byte[]> response : List.of(sized, chunked)) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(body);
      assertThat(response.headers().firstValue("x-content-type")).contains("x/mine");
      assertThat(response.headers().firstValue("x-request-id")).isPresent();
    }
    assertThat(raw.called).hasValue(2);
    assertThat(awaitTaken(edge, false)).isTrue();
  }

  @Test
  void post_largeBodies_keepTheConnection() throws Exception {
    try (RawClient one = new RawClient(edge.port())) {
      for (int i = 0; i < 3; i++) {
        String body = "x".repeat(700_000);
        one.send(head("POST", ECHO, body.length()) + body);
        RawClient.Answer answer = one.read();
        assertThat(answer).isNotNull();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.closes()).isFalse();
      }
    }
  }

  @Test
  void post_expectContinue_isToldToGoOnForALargeBody() throws Exception {
    try (RawClient one = new RawClient(edge.port())) {
      String body = "x".repeat(600_000);
      one.send(
          "POST "
              + ECHO
              + " HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: "
              + body.length()
              + "\r\n\r\n");
      assertThat(one.readHead()).extracting(RawClient.Answer::status).isEqualTo(100);

      one.send(body);

      assertThat(one.read()).extracting(RawClient.Answer::status).isEqualTo(200);
    }
  }

  @Test
  void post_bodyDeclaredTooLarge_isRefusedBeforeItIsRead() throws Exception {
    try (RawClient one = new RawClient(edge.port())) {
      one.send(head("POST", ECHO, RawVerticle.MAX_BODY + 1));

      RawClient.Answer answer = one.read();

      assertThat(answer).isNotNull();
      assertThat(answer.status()).isEqualTo(413);
      assertMessage(answer.body(), "the body is too large (expected: <= 4000000 bytes)");
    }
    assertThat(raw.called).hasValue(0);
  }

  @Test
  void post_bodyTurnsOutTooLarge_isRefused() throws Exception {
    HttpResponse<byte[]> response =
        post(
            ECHO,
            BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(new byte[RawVerticle.MAX_BODY + 100_000])));

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(raw.called).hasValue(0);
    assertThat(awaitTaken(edge, false)).isTrue();
  }

  @Test
  void post_clientLeavesInTheMiddle_leavesNothing() throws Exception {
    try (RawClient one = new RawClient(edge.port())) {
      one.send(head("POST", ECHO, 2_000_000) + "x".repeat(1_000_000));
      assertThat(awaitTaken(edge, true)).isTrue();
    }

    assertThat(awaitTaken(edge, false)).isTrue();
    assertThat(raw.called).hasValue(0);
    assertThat(edge.get("/v1/raw/bytes").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  // A message, and a body that goes in pieces.
  @ValueSource(ints = {10, 1_000_000})
  void post_clientLeavesWhatIsForNobodyElse_theServiceHears(int length) throws Exception {
    CallContext held;
    try (RawClient one = new RawClient(edge.port())) {
      one.send(head("POST", "/v1/raw/held", length) + "x".repeat(length));
      held = raw.held.take();
      assertThat(cancellation(held).isCancelled()).isFalse();
    }

    CountDownLatch heard = new CountDownLatch(1);
    cancellation(held).onCancel(heard::countDown);
    assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(edge.get("/v1/raw/bytes").statusCode()).isEqualTo(200);
  }

  @Test
  void post_clientLeavesAnotherOperation_isNotTold() throws Exception {
    try (RawClient one = new RawClient(edge.port())) {
      one.send(head("POST", "/v1/raw/kept", 10) + "x".repeat(10));

      assertThat(raw.held.take().cancellation()).isNull();
    }
  }

  private static Cancellation cancellation(CallContext call) {
    return Objects.requireNonNull(call.cancellation());
  }

  @Test
  void get_largeAnswer_comesWhole() {
    HttpResponse<String> response = edge.get("/v1/raw/bytes?bytes=3000000");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("x/bytes");
    assertThat(response.body()).hasSize(3_000_000);
  }

  @Test
  void post_answerThatDoesNotFitIntoAMessage_isAskedForAgainInPieces() throws Exception {
    HttpResponse<byte[]> response = post("/v1/raw/once", BodyPublishers.ofString("body"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).asString().isEqualTo("body");
    assertThat(response.headers().firstValue("content-type")).contains("x/large");
    assertThat(raw.called).hasValue(2);
  }

  @Test
  void post_answerThatDoesNotFitAndMayNotBeRunAgain_isAnError() throws Exception {
    HttpResponse<byte[]> response = post("/v1/raw/unsafe", BodyPublishers.ofString("body"));

    assertThat(response.statusCode()).isEqualTo(500);
    assertMessage(response, "the answer is too large to be passed on; the work was done");
    assertThat(raw.called).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 1_000_000})
  void post_handlerTakesTooLong_isLateInTheOperationsShape(int length) throws Exception {
    HttpResponse<byte[]> response =
        post("/v1/raw/never", BodyPublishers.ofByteArray(new byte[length]));

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(message(response)).isNotEmpty();
    assertThat(response.headers().firstValue("x-decision-id")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "MALFORMED,400",
    "UNAUTHENTICATED,401",
    "FORBIDDEN,403",
    "ABSENT,404",
    "CONFLICT,409",
    "TOO_LARGE,413",
    "UNSUPPORTED_MEDIA_TYPE,415",
    "LIMITED,429",
    "NOT_EXECUTED,503",
    "UNKNOWN_OUTCOME,504"
  })
  void post_serviceRefuses_keepsStatusAndSaysItAsAMessage(String refusal, int status)
      throws Exception {
    for (int length : new int[] {10, 700_000}) {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(edge.uri("/v1/raw/refuse"))
                  .timeout(TestNode.PATIENCE)
                  .header("x-refusal", refusal)
                  .POST(BodyPublishers.ofByteArray(new byte[length]))
                  .build(),
              BodyHandlers.ofByteArray());

      assertThat(response.statusCode()).isEqualTo(status);
      assertMessage(response, "refused as " + refusal);
      assertThat(response.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 503);
      assertThat(response.headers().firstValue("www-authenticate").isPresent())
          .isEqualTo(status == 401);
    }
  }

  @Test
  void post_inputIsInvalid_namesWhatIsWrongInTheMessage() {
    HttpResponse<String> response = edge.post("/v1/raw/refuse", "x", "x-refusal", "INVALID");

    assertThat(response.statusCode()).isEqualTo(422);
    assertMessage(response.body(), "the request breaks a constraint; /inputs: must be there");
  }

  @ParameterizedTest
  @CsvSource({"OVERLOADED,503", "UNAVAILABLE,503", "EXPIRED,504", "INTERNAL,500"})
  void post_serviceFails_saysSoAsAMessageWithoutDetails(String code, int status) {
    HttpResponse<String> response = edge.post("/v1/raw/fail", "x", "x-code", code);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(EdgeNode.json(response).path("error").asText()).isNotEmpty();
    assertThat(response.body()).doesNotContain("hunter2");
    assertThat(response.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 503);
  }

  @Test
  void post_edgeRefuses_saysItAsAMessage() {
    assertRefused(edge.post("/v1/raw/signed", "x"), 401);
    assertRefused(edge.post("/v1/raw/signed", "x", "authorization", "Bearer bad"), 401);
    assertRefused(edge.post("/v1/raw/admin", "x", "authorization", "Bearer good.ada"), 403);
    assertRefused(edge.post(ECHO, "x", "x-request-timeout-ms", "soon"), 400);
    assertThat(raw.called).hasValue(0);
    assertThat(
            edge.post("/v1/raw/admin", "x", "authorization", "Bearer good.ada.admin").statusCode())
        .isEqualTo(200);
  }

  @Test
  void post_limitIsSpent_saysItAsAMessageWithItsHeaders(@TempDir Path other) {
    secure = new EdgeNode(other, http -> {}, new RawVerticle(), new LimitVerticle(1));
    secure.post(ECHO, "x");

    HttpResponse<String> response = secure.post(ECHO, "x");

    assertRefused(response, 429);
    assertThat(response.headers().firstValue("retry-after")).isPresent();
    assertThat(response.headers().firstValue("ratelimit")).isPresent();
    assertThat(response.headers().firstValue("x-decision-id")).isPresent();
  }

  @Test
  void openApi_rawOperation_documentsMediaAndErrors() {
    JsonNode document = EdgeNode.json(edge.get("/openapi.json"));
    JsonNode responses = document.path("paths").path("/v1/raw/bytes").path("get").path("responses");

    assertThat(responses.path("200").path("content").has("x/bytes")).isTrue();
    assertThat(responses.path("503").path("$ref").asText())
        .isEqualTo("#/components/responses/ServiceUnavailableMessage");
    JsonNode shared =
        document.path("components").path("responses").path("ServiceUnavailableMessage");
    assertThat(shared.path("headers").has("Retry-After")).isTrue();
    assertThat(
            shared
                .path("content")
                .path("application/json")
                .path("schema")
                .path("properties")
                .has("error"))
        .isTrue();
    assertThat(
            document
                .path("paths")
                .path(ECHO)
                .path("post")
                .path("requestBody")
                .path("content")
                .has("application/octet-stream"))
        .isTrue();
  }

  @Test
  void post_overHttp2_largeBodiesGoBothWaysAtOnce(@TempDir Path other) throws Exception {
    TestCertificate certificate = TestCertificate.create(other);
    EdgeNode http2 =
        new EdgeNode(
            other,
            http ->
                http.putObject("tls")
                    .put("enabled", true)
                    .put("cert", certificate.certificate().toString())
                    .put("key", certificate.key().toString()),
            new RawVerticle(),
            new LimitVerticle(1_000_000));
    secure = http2;
    HttpClientAgent agent =
        http2
            .node()
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setTrustOptions(
                        new PemTrustOptions().addCertPath(certificate.certificate().toString())));
    byte[] body = random(3_000_000);

    for (String path : new String[] {ECHO, "/v1/raw/refuse"}) {
      HttpClientResponse response =
          TestNode.await(
              agent
                  .request(HttpMethod.POST, http2.port(), "localhost", path)
                  .compose(
                      request ->
                          request
                              .putHeader("x-refusal", "ABSENT")
                              .send(Buffer.buffer(body))
                              .onSuccess(HttpClientResponse::pause)));
      Buffer answer = body(response);
      assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(response.statusCode()).isEqualTo(path.equals(ECHO) ? 200 : 404);
      if (path.equals(ECHO)) {
        assertThat(answer.getBytes()).isEqualTo(body);
      }
    }
    assertThat(awaitTaken(http2, false)).isTrue();
  }

  private static Buffer body(HttpClientResponse response) {
    var body = response.body();
    response.resume();
    return TestNode.await(body);
  }

  private static boolean awaitTaken(EdgeNode edge, boolean some) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (budget(edge).taken() > 0 != some && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    return budget(edge).taken() > 0 == some;
  }

  private HttpResponse<byte[]> post(String path, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(edge.uri(path))
            .timeout(TestNode.PATIENCE)
            .version(HttpClient.Version.HTTP_1_1)
            .header("content-type", "x/mine")
            .POST(body)
            .build(),
        BodyHandlers.ofByteArray());
  }

  private static String head(String method, String path, int length) {
    return method + " " + path + " HTTP/1.1\r\nhost: a\r\ncontent-length: " + length + "\r\n\r\n";
  }

  private static PieceBudget budget(EdgeNode edge) {
    return edge.node().scope().shared("sdk:large-bodies", PieceBudget::ofHeap);
  }

  private static void assertRefused(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    JsonNode error = EdgeNode.json(response);
    assertThat(error.size()).isEqualTo(1);
    assertThat(error.path("error").asText()).isNotEmpty();
  }

  private static void assertMessage(HttpResponse<byte[]> response, String message) {
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(message(response)).isEqualTo(message);
  }

  private static void assertMessage(String body, String message) {
    assertThat(EdgeNode.json(body)).isEqualTo(EdgeNode.json("{\"error\":\"" + message + "\"}"));
  }

  private static String message(HttpResponse<byte[]> response) {
    return EdgeNode.json(new String(response.body(), UTF_8)).path("error").asText();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
