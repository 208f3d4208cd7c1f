package dev.starling.edge;

import static dev.starling.edge.EdgeNode.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.OperationReply.Refusal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EdgeIT {
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final LimitVerticle LIMITER = new LimitVerticle(1_000_000);
  private static EdgeNode edge;

  @BeforeAll
  static void start(@TempDir Path directory) {
    edge =
        new EdgeNode(
            directory,
            http -> http.putObject("cors").putArray("origins").add("https://app.example.org"),
            new SampleVerticle(),
            new TokenVerticle(),
            LIMITER);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void get_openOperation_answersThroughTheBus() {
    HttpResponse<String> response = edge.get("/v1/ping");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"message\":\"pong\"}");
    assertThat(header(response, "content-type")).isEqualTo(JSON);
    assertThat(header(response, "content-length")).isEqualTo("18");
    assertThat(header(response, "x-content-type-options")).isEqualTo("nosniff");
    assertThat(response.headers().firstValue("server")).isEmpty();
  }

  @Test
  void get_encodedParameter_reachesTheServiceDecoded() {
    assertThat(json(edge.get("/v1/items/gr%C3%BCn%20tea%3F")).path("id").asText())
        .isEqualTo("grün tea?");
  }

  @Test
  void get_encodedLiteral_isTheSameRoute() {
    assertThat(edge.get("/v1/%70ing").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/items/a%2Fb",
        "/v1/items/%2e%2e/ping",
        "/v1/items/%2E",
        "/v1/./ping",
        "/v1/../v1/ping",
        "/v1/items/%C3%28",
        "/v1/items/%C0%AF",
        "/v1/items/a%00b",
        "/v1/items/a%0D%0Ab",
        "/v1/items/a%5Cb"
      })
  void get_hostilePath_isRefusedAsMalformed(String path) {
    HttpResponse<String> response = edge.get(path);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("detail").asText()).startsWith("the request target ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1", "/v1/ping/", "//v1/ping", "/v1//ping", "/v1/items/", "/V1/ping"})
  void get_unknownPath_isAbsent(String path) {
    HttpResponse<String> response = edge.get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(header(response, "content-type")).isEqualTo(PROBLEM);
    assertThat(json(response).path("type").asText()).isEqualTo("about:blank");
    assertThat(json(response).path("title").asText()).isEqualTo("Not Found");
    assertThat(json(response).path("status").asInt()).isEqualTo(404);
    assertThat(json(response).path("requestId").asText())
        .isEqualTo(header(response, "x-request-id"));
  }

  @Test
  void put_pathWithOtherMethods_isNotAllowed() {
    HttpResponse<String> response = edge.send("PUT", "/v1/items", "{}");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
  }

  @Test
  void unknownMethod_pathWithOtherMethods_isNotAllowed() {
    assertThat(edge.send("BREW", "/v1/ping", null).statusCode()).isEqualTo(405);
  }

  @Test
  void head_getOperation_hasItsHeadersAndNoBody() {
    HttpResponse<String> response = edge.send("HEAD", "/v1/ping", null);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(header(response, "content-length")).isEqualTo("18");
    assertThat(header(response, "content-type")).isEqualTo(JSON);
  }

  @Test
  void head_unknownPath_hasNoBody() {
    HttpResponse<String> response = edge.send("HEAD", "/nowhere", null);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEmpty();
    assertThat(Integer.parseInt(header(response, "content-length"))).isPositive();
  }

  @Test
  void options_knownPath_listsItsMethods() {
    HttpResponse<String> response = edge.send("OPTIONS", "/v1/items/7", null);

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(header(response, "allow")).isEqualTo("GET, HEAD, DELETE, OPTIONS");
    assertThat(response.headers().firstValue("content-length")).isEmpty();
    assertThat(response.headers().firstValue("access-control-allow-methods")).isEmpty();
  }

  @Test
  void options_preflightOfAllowedOrigin_saysWhatScriptsMayDo() {
    HttpResponse<String> response =
        edge.send(
            "OPTIONS",
            "/v1/items",
            null,
            "origin",
            "https://app.example.org",
            "access-control-request-method",
            "POST");

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(header(response, "access-control-allow-origin"))
        .isEqualTo("https://app.example.org");
    assertThat(header(response, "access-control-allow-methods")).contains("POST");
    assertThat(header(response, "access-control-allow-headers")).contains("authorization");
  }

  @Test
  void get_otherOrigin_isNotSharedWithItsScripts() {
    HttpResponse<String> allowed = edge.get("/v1/ping", "origin", "https://app.example.org");
    HttpResponse<String> other = edge.get("/v1/ping", "origin", "https://evil.example.org");

    assertThat(header(allowed, "access-control-allow-origin")).isEqualTo("https://app.example.org");
    assertThat(header(allowed, "vary")).isEqualTo("origin");
    assertThat(other.headers().firstValue("access-control-allow-origin")).isEmpty();
    assertThat(header(other, "vary")).isEqualTo("origin");
  }

  @Test
  void post_validBody_isCreated() {
    HttpResponse<String> response =
        edge.post("/v1/items", "{\"name\":\"tea\"}", "content-type", JSON);

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(header(response, "location")).isEqualTo("/v1/items/tea");
    assertThat(response.body()).isEqualTo("{\"name\":\"tea\"}");
  }

  @Test
  void post_contradictingBody_isConflictWithItsOwnType() {
    HttpResponse<String> response = edge.post("/v1/items", "{\"name\":\"taken\"}");

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(json(response).path("type").asText()).isEqualTo("/problems/name-taken");
    assertThat(json(response).path("title").asText()).isEqualTo("Name taken");
    assertThat(json(response).path("detail").asText()).isEqualTo("the name is taken");
  }

  @Test
  void post_brokenConstraint_pointsToIt() {
    HttpResponse<String> response = edge.post("/v1/items", "{\"name\":\" \"}");

    assertThat(response.statusCode()).isEqualTo(422);
    JsonNode error = json(response).path("errors").path(0);
    assertThat(error.path("pointer").asText()).isEqualTo("/name");
    assertThat(error.path("detail").asText()).isEqualTo("must not be blank");
  }

  @Test
  void get_badQuery_pointsToIt() {
    HttpResponse<String> response = edge.get("/v1/items?limit=1000");

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(json(response).path("errors").path(0).path("pointer").asText())
        .isEqualTo("/query/limit");
  }

  @Test
  void post_notJson_isMalformed() {
    assertThat(edge.post("/v1/items", "{").statusCode()).isEqualTo(400);
    assertThat(edge.post("/v1/items", "").statusCode()).isEqualTo(400);
  }

  @Test
  void post_otherMediaType_isUnsupported() {
    assertThat(edge.post("/v1/items", "<a/>", "content-type", "text/xml").statusCode())
        .isEqualTo(415);
  }

  @Test
  void post_tooLargeBody_isRefusedBeforeItIsRead() {
    HttpResponse<String> response = edge.post("/v1/items", "x".repeat(1001));

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(header(response, "connection")).isEqualTo("close");
  }

  @Test
  void post_largestBody_isTaken() {
    String json = "{\"name\":\"tea\"}";

    assertThat(edge.post("/v1/items", json + " ".repeat(1000 - json.length())).statusCode())
        .isEqualTo(201);
  }

  @Test
  void get_withoutToken_isChallenged() {
    HttpResponse<String> response = edge.get("/v1/me");

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(header(response, "www-authenticate")).isEqualTo("Bearer");
  }

  @Test
  void get_badToken_isChallengedWithoutEchoingControlCharacters() {
    HttpResponse<String> response = edge.get("/v1/me", "authorization", "Bearer bad");

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(header(response, "www-authenticate"))
        .isEqualTo(
            "Bearer error=\"invalid_token\","
                + " error_description=\"the token 'expired'  x-evil: 1\"");
    assertThat(response.headers().firstValue("x-evil")).isEmpty();
  }

  @Test
  void get_goodToken_reachesTheServiceAsItsSubject() {
    HttpResponse<String> response = edge.get("/v1/me", "authorization", "bearer good.ada");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("message").asText()).isEqualTo("ada");
  }

  @Test
  void get_openOperationWithToken_isAnonymous() {
    assertThat(
            json(edge.get("/v1/items/1", "authorization", "Bearer bad")).path("subject").asText())
        .isEmpty();
  }

  @Test
  void get_floodOfBadTokens_isToldToWait() {
    HttpResponse<String> response = edge.get("/v1/me", "authorization", "Bearer flood");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(header(response, "retry-after")).isEqualTo("7");
    assertThat(json(response).path("type").asText()).endsWith("#abnormal-usage-detected");
  }

  @Test
  void delete_missingScope_isForbidden() {
    HttpResponse<String> response =
        edge.send("DELETE", "/v1/items/1", null, "authorization", "Bearer good.ada.items:read");

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(header(response, "www-authenticate"))
        .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"items:write\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"items:write", "admin"})
  void delete_grantedScope_isDone(String scope) {
    HttpResponse<String> response =
        edge.send("DELETE", "/v1/items/1", null, "authorization", "Bearer good.ada." + scope);

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("content-length")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void get_refused_hasTheStatusOfTheRefusal(Refusal refusal) {
    HttpResponse<String> response = edge.get("/v1/refused/" + refusal);

    assertThat(response.statusCode()).isEqualTo(HttpErrors.status(refusal));
    assertThat(json(response).path("detail").asText()).isEqualTo("because");
    assertThat(response.headers().firstValue("retry-after").isPresent())
        .isEqualTo(refusal == Refusal.NOT_EXECUTED);
  }

  @Test
  void get_serviceThatNeverAnswers_timesOutWithUnknownOutcome() {
    HttpResponse<String> response = edge.get("/v1/never");

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(json(response).path("outcome").asText()).isEqualTo("unknown");
  }

  @Test
  void get_serviceWithABug_tellsNothingOfIt() {
    HttpResponse<String> response = edge.get("/v1/broken");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("hunter2").contains("\"outcome\":\"unknown\"");
  }

  @Test
  void get_serviceThatSetsFramingHeaders_cannotDesynchroniseTheConnection() {
    HttpResponse<String> response = edge.get("/v1/header");

    assertThat(header(response, "content-length")).isEqualTo("21");
    assertThat(response.body()).isEqualTo("{\"message\":\"headers\"}");
    assertThat(header(response, "etag")).isEqualTo("\"v1\"");
    assertThat(response.headers().firstValue("set-cookie")).isEmpty();
    assertThat(response.headers().firstValue("location")).isEmpty();
    assertThat(response.headers().firstValue("transfer-encoding")).isEmpty();
    assertThat(edge.node().scope().meters().get("edge.headers.dropped").counter().count())
        .isEqualTo(3);
  }

  @Test
  void get_goodRequestId_isKept() {
    HttpResponse<String> response = edge.get("/v1/items/1", "x-request-id", "a.B_c-9");

    assertThat(header(response, "x-request-id")).isEqualTo("a.B_c-9");
    assertThat(json(response).path("request").asText()).isEqualTo("a.B_c-9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"has space", "semi;colon", "ümlaut"})
  void get_badRequestId_isReplaced(String id) {
    assertThat(header(edge.get("/v1/ping", "x-request-id", id), "x-request-id"))
        .matches("[0-9a-f]{16}");
    assertThat(header(edge.get("/v1/ping", "x-request-id", "a".repeat(65)), "x-request-id"))
        .matches("[0-9a-f]{16}");
  }

  @Test
  void get_traceparent_isContinuedInAChildSpan() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    HttpResponse<String> response =
        edge.get("/v1/items/1", "traceparent", "00-" + trace + "-00f067aa0ba902b7-01");

    assertThat(header(response, "traceparent"))
        .matches("00-" + trace + "-[0-9a-f]{16}-01")
        .doesNotContain("00f067aa0ba902b7");
    assertThat(json(response).path("trace").asText()).isEqualTo(trace);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "nonsense"
      })
  void get_badTraceparent_startsANewTrace(String traceparent) {
    HttpResponse<String> response = edge.get("/v1/items/1", "traceparent", traceparent);

    assertThat(header(response, "traceparent"))
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
        .contains(json(response).path("trace").asText())
        .doesNotContain("00f067aa0ba902b7");
  }

  @ParameterizedTest
  @CsvSource({"x-request-timeout-ms, 900", "grpc-timeout, 900m"})
  void get_timeoutHeader_lowersTheDeadline(String name, String value) {
    assertThat(json(edge.get("/v1/items/1", name, value)).path("remaining_millis").asInt())
        .isBetween(1, 900);
  }

  @Test
  void get_longTimeout_cannotRaiseTheDeadline() {
    HttpResponse<String> response = edge.get("/v1/items/1", "x-request-timeout-ms", "60000");

    assertThat(json(response).path("remaining_millis").asInt()).isBetween(1, 2000);
  }

  @ParameterizedTest
  @CsvSource({
    "x-request-timeout-ms, 0",
    "x-request-timeout-ms, -5",
    "x-request-timeout-ms, 1.5",
    "x-request-timeout-ms, 123456789",
    "grpc-timeout, 5",
    "grpc-timeout, m",
    "grpc-timeout, 5x"
  })
  void get_badTimeout_isRefused(String name, String value) {
    assertThat(edge.get("/v1/ping", name, value).statusCode()).isEqualTo(400);
  }

  @Test
  void get_withinItsLimits_isToldOfThem() {
    HttpResponse<String> response = edge.get("/v1/ping");

    assertThat(header(response, "ratelimit-policy"))
        .isEqualTo("\"burst\";q=1000000;w=60, \"daily\";q=1000;w=86400");
    assertThat(header(response, "ratelimit"))
        .matches("\"burst\";r=[0-9]+;t=30, \"daily\";r=[0-9]+;t=3600");
  }

  @Test
  void get_routeWithoutLimits_asksTheLimiterOnce() {
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> response = edge.get("/v1/free");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("ratelimit")).isEmpty();
    }

    assertThat(LIMITER.asked(LimitVerticle.UNLIMITED)).isEqualTo(1);
  }

  @Test
  void get_unexpectedSmallBody_isReadOver() {
    assertThat(edge.send("GET", "/v1/ping", "x".repeat(8192)).statusCode()).isEqualTo(200);
  }

  @Test
  void get_unexpectedLargeBody_isTooLarge() {
    assertThat(edge.send("GET", "/v1/ping", "x".repeat(8193)).statusCode()).isEqualTo(413);
  }

  @Test
  void get_tooLongTarget_isRefused() {
    assertThat(edge.get("/v1/items/" + "a".repeat(4100)).statusCode()).isEqualTo(414);
    assertThat(edge.get("/v1/items/" + "a".repeat(10_000)).statusCode()).isEqualTo(414);
  }

  @Test
  void get_tooLargeHeaders_isRefused() {
    assertThat(edge.get("/v1/ping", "x-large", "a".repeat(9000)).statusCode()).isEqualTo(431);
  }

  @Test
  void get_clientAddress_isThePeer() {
    assertThat(json(edge.get("/v1/items/1", "x-forwarded-for", "9.9.9.9")).path("client").asText())
        .isEqualTo("127.0.0.1");
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }
}
