package dev.starling.cluster.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.config.ManagementConfig;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.node.ScaleContract.Outcome;
import dev.starling.contract.node.ScaleContract.Scaled;
import dev.starling.sdk.Secret;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what on the management port, and how it refuses. */
@Timeout(60)
class ManagementServerIT {
  private static final String TOKEN = "a-token-of-this-test";

  private record Answer(int status, String body, @Nullable String allow, @Nullable String retry) {}

  /** A node that notes what it was asked for. */
  private static final class Asked implements NodeControl {
    final List<String> asked = new ArrayList<>();
    boolean starting;

    @Override
    public @Nullable DrainView drain() {
      asked.add("drain");
      return starting ? null : new DrainView("n-1", "notice", 7, 25_000, 3);
    }

    @Override
    public Future<Scaled> scale(String verticle, int instances) {
      asked.add("scale " + verticle + " " + instances);
      return Future.succeededFuture(new Scaled(Outcome.DONE, 1, instances, ""));
    }

    @Override
    public Future<Map<String, Scaled>> scaleEverywhere(String verticle, int instances) {
      asked.add("scale " + verticle + " " + instances + " everywhere");
      return Future.succeededFuture(
          Map.of("n-2", new Scaled(Outcome.PER_LOOP, 2, 2, "it runs once on each event loop")));
    }

    @Override
    public Future<Reloaded> reload() {
      asked.add("reload");
      return Future.succeededFuture(new Reloaded("", Map.of(), List.of("zone")));
    }
  }

  /** One decision, made a second after 1970 by this node. */
  private static final class OneDecision implements DecisionLookup {
    static final Decision DECISION =
        new Decision(
            "n-1-0-9c40e2d1",
            "n-1",
            1_000,
            new Decision.Call("", "r-1", "GET /v1/ping", "ping.get", "", "192.0.2.1"),
            new Decision.Refusal(
                Decision.Kind.SHED,
                503,
                "loop-lag",
                20,
                35.5,
                2,
                List.of(new Decision.Counter("share", 0.95))));

    final List<String> asked = new ArrayList<>();

    @Override
    public Future<Found> find(String id) {
      return Future.succeededFuture(
          switch (id) {
            case "n-1-0-9c40e2d1" -> new Found.Kept(DECISION);
            case "n-1-0-00000000" -> new Found.NotKept("n-1");
            case "n-2-0-00000000" -> new Found.NodeGone("n-2");
            case "n-3-0-00000000" -> new Found.NodeSilent("n-3");
            default -> new Found.NoId();
          });
    }

    @Override
    public Future<Listed> since(long atMillis, int limit, boolean everywhere) {
      asked.add(atMillis + " " + limit + (everywhere ? " everywhere" : ""));
      return Future.succeededFuture(
          new Listed(List.of(DECISION), everywhere ? List.of("n-3") : List.of()));
    }
  }

  /** One explanation, in which a user has tried to write a page. */
  private static final FusionLookup FUSION =
      (user, source, id) ->
          Future.succeededFuture(
              switch (id) {
                case "utt-1" ->
                    new FusionLookup.Found.Explained(
                        """
                        {"decision":{"utterance_id":"utt-1","status":"resolved","revision":1,
                          "intent":"set_wallpaper","target":{"kind":"image","id":"i-<b>2"},
                          "device":"phone","confidence":0.9,"question":null},
                         "utterance":{"source":"/devices/phone","id":"utt-1","kind":"speech",
                          "what":"<script>alert(1)</script>"},
                         "intents":{"set_wallpaper":0.97},"readings":["time: just now"],
                         "skew_ms":{"tv":-4000},"considered":3,
                         "candidates":[{"source":"/devices/tv","id":"e-1",
                          "target":{"kind":"image","id":"i-<b>2"},"score":0.5,
                          "time":"2030-01-01T12:00:00Z","reasons":{"newness":0.5},"lost":""}],
                         "events":[{"source":"/devices/tv","id":"e-1","kind":"image",
                          "time":"2030-01-01T12:00:04Z","corrected":"2030-01-01T12:00:00Z",
                          "what":"\\"><img src=x>"},
                          {"source":"/devices/phone","id":"utt-1","kind":"speech",
                          "time":"2030-01-01T12:00:05Z","corrected":"2030-01-01T12:00:05Z",
                          "what":"hi"}]}""");
                case "utt-2" -> new FusionLookup.Found.Absent("there is no such decision");
                default -> new FusionLookup.Found.Unknown("no node that runs fusion answered");
              });

  private final Vertx vertx = Vertx.vertx();
  private final OneDecision decisions = new OneDecision();
  private final Asked node = new Asked();
  private final Health health =
      new Health()
          .add("database", () -> Future.failedFuture("secret-host:5432 refused"))
          .note(() -> "config: the last good one is in use");
  private int port;

  @BeforeEach
  void start() {
    port = serve(null);
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void drain_onThisMachine_isAcceptedAtOnceAndAgain() {
    for (int i = 0; i < 2; i++) {
      Answer answer = ask("POST", "/drain", null, Map.of());
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.body())
          .isEqualTo(
              "{\"id\":\"n-1\",\"state\":\"draining\",\"phase\":\"notice\",\"elapsed_ms\":7,"
                  + "\"timeout_ms\":25000,\"in_flight\":3}");
    }
  }

  @Test
  void drain_whileStarting_isAConflict() {
    node.starting = true;

    assertThat(ask("POST", "/drain", null, Map.of()).status()).isEqualTo(409);
  }

  @Test
  void decision_thatIsKept_isShownWhole() {
    Answer answer = ask("GET", "/decisions/n-1-0-9c40e2d1", null, Map.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            "{\"id\":\"n-1-0-9c40e2d1\",\"at\":\"1970-01-01T00:00:01Z\",\"node\":\"n-1\","
                + "\"kind\":\"shed\",\"status\":503,\"rule\":\"loop-lag\",\"threshold\":20,"
                + "\"observed\":35.5,\"retry_after_s\":2,\"counters\":{\"share\":0.95},"
                + "\"route\":\"GET /v1/ping\",\"operation\":\"ping.get\","
                + "\"address\":\"192.0.2.1\",\"request_id\":\"r-1\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "n-1-0-00000000, 404, node n-1 has no such decision; it keeps its last 4096",
    "n-2-0-00000000, 404, node n-2 is not in the cluster",
    "n-3-0-00000000, 503, node n-3 did not answer",
    "hello, 404, that is no id of a decision"
  })
  void decision_thatIsNotToBeHad_isAProblemThatSaysWhy(String id, int status, String detail) {
    Answer answer = ask("GET", "/decisions/" + id, null, Map.of());

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).contains(detail);
  }

  @Test
  void decisions_sinceATimeOrAnId_areListed() {
    assertThat(ask("GET", "/decisions", null, Map.of()).body())
        .startsWith("{\"decisions\":[{\"id\":\"n-1-0-9c40e2d1\"");
    ask("GET", "/decisions?since=1970-01-01T00:00:02Z&limit=7", null, Map.of());
    ask("GET", "/decisions?since=n-1-0-9c40e2d1", null, Map.of());
    Answer everywhere = ask("GET", "/decisions?scope=cluster", null, Map.of());

    assertThat(everywhere.body()).endsWith("\"silent\":[\"n-3\"]}");
    assertThat(decisions.asked)
        .containsExactly(
            Long.MIN_VALUE + " 50", "2000 7", "1000 50", Long.MIN_VALUE + " 50 everywhere");
  }

  @ParameterizedTest
  @CsvSource({
    "since=yesterday, since: yesterday (expected: an ISO 8601 instant",
    "since=n-1-0-00000000, or the id of a decision that is kept)",
    "limit=0, limit: 0 (expected: 1..200)",
    "limit=many, limit: many (expected: 1..200)",
    "scope=world, scope: world (expected: node or cluster)"
  })
  void decisions_mistakenQuery_isABadRequest(String query, String detail) {
    Answer answer = ask("GET", "/decisions?" + query, null, Map.of());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains(detail);
  }

  @Test
  void fusion_decision_isDrawnAndWhatUsersWroteIsText() {
    Answer answer = ask("GET", "/fusion?user=u&utterance=utt-1", null, Map.of());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .contains("<svg", "set_wallpaper", "i-&lt;b&gt;2", "&lt;script&gt;alert(1)", "-4000")
        .contains("&quot;&gt;&lt;img src=x&gt;")
        .doesNotContain("<script", "<img", "<b>2");
  }

  @Test
  void fusion_decisionThatIsNotToBeHad_isAProblemThatSaysWhy() {
    assertThat(ask("GET", "/fusion?user=u&utterance=utt-2", null, Map.of()).status())
        .isEqualTo(404);
    assertThat(ask("GET", "/fusion?user=u&utterance=utt-3", null, Map.of()).status())
        .isEqualTo(503);
    assertThat(ask("GET", "/fusion", null, Map.of()).body()).contains("<form");
  }

  @Test
  void fusion_withoutTheToken_isNotShown() {
    port = serve(AdminToken.of(TOKEN));

    assertThat(ask("GET", "/fusion?user=u&utterance=utt-1", null, Map.of()).status())
        .isEqualTo(401);
    assertThat(ask("GET", "/fusion?user=u&utterance=utt-1", null, bearer(TOKEN)).status())
        .isEqualTo(200);
  }

  @Test
  void scale_refusedByAPeer_isAProblemThatNamesIt() {
    Answer answer =
        ask(
            "POST",
            "/scale",
            "{\"verticle\":\"users\",\"instances\":3,\"scope\":\"cluster\"}",
            Map.of("content-type", "application/json; charset=utf-8"));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).contains("\"node\":\"n-2\"", "it runs once on each event loop");
    assertThat(node.asked).containsExactly("scale users 3 everywhere");
  }

  @ParameterizedTest
  @CsvSource({
    "host,evil.example",
    "host,localhost.evil.example",
    "host,10.0.0.1",
    "origin,http://evil.example",
    "origin,null",
    "sec-fetch-site,cross-site",
    "sec-fetch-site,same-site"
  })
  void change_throughABrowser_isForbidden(String name, String value) {
    assertThat(ask("POST", "/drain", null, Map.of(name, value)).status()).isEqualTo(403);
    assertThat(ask("GET", "/cluster", null, Map.of(name, value)).status()).isEqualTo(403);
    assertThat(node.asked).isEmpty();
  }

  @Test
  void change_fromAPageOfThisPort_isAllowed() {
    Map<String, String> page =
        Map.of("origin", "http://127.0.0.1:" + port, "sec-fetch-site", "same-origin");

    assertThat(ask("POST", "/reload", null, page).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
  void change_ofAFormsType_isNotSupported(String type) {
    Answer answer = ask("POST", "/drain", "x", Map.of("content-type", type));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(node.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"GET,/drain,POST", "PUT,/scale,POST", "DELETE,/cluster,GET", "POST,/metrics,GET"})
  void method_thatIsNotOffered_namesTheOneThatIs(String method, String path, String allowed) {
    Answer answer = ask(method, path, null, Map.of());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.allow()).isEqualTo(allowed);
    assertThat(node.asked).isEmpty();
  }

  @Test
  void body_tooLarge_isRefused() {
    Map<String, String> json = Map.of("content-type", "application/json");

    assertThat(ask("POST", "/scale", " ".repeat(5000), json).status()).isEqualTo(413);
    assertThat(ask("POST", "/scale", "{}", json).status()).isEqualTo(400);
    assertThat(node.asked).isEmpty();
  }

  @Test
  void path_unknown_isAProblem() {
    Answer answer = ask("GET", "/nowhere", null, Map.of());

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).contains("\"title\":\"Not Found\"");
  }

  @Test
  void ready_plain_saysWhichCheckAndNotWhy() {
    assertThat(ask("GET", "/readyz", null, Map.of()).body())
        .isEqualTo("[-]database failed\nnot ready\n");
    assertThat(ask("GET", "/readyz?verbose", null, Map.of()).body())
        .isEqualTo(
            "[-]database failed: secret-host:5432 refused\n"
                + "[!]config: the last good one is in use\nnot ready\n");
  }

  @Test
  void token_wanted_opensProbesAndMetricsOnlyWithoutIt() {
    port = serve(AdminToken.of(TOKEN));

    assertThat(ask("GET", "/livez", null, Map.of()).status()).isEqualTo(200);
    assertThat(ask("GET", "/readyz", null, Map.of()).status()).isEqualTo(503);
    assertThat(ask("GET", "/metrics", null, Map.of()).status()).isEqualTo(200);
    for (String path : List.of("/readyz?verbose", "/cluster")) {
      assertThat(ask("GET", path, null, Map.of()).status()).as(path).isEqualTo(401);
      assertThat(ask("GET", path, null, bearer(TOKEN)).status()).as(path).isNotEqualTo(401);
    }
    for (String path : List.of("/drain", "/scale", "/reload")) {
      assertThat(ask("POST", path, null, Map.of()).status()).as(path).isEqualTo(401);
      assertThat(ask("POST", path, null, Map.of("authorization", TOKEN)).status()).isEqualTo(401);
    }
    assertThat(node.asked).isEmpty();
    // From anywhere, under any name: the token is what counts.
    Map<String, String> elsewhere =
        Map.of("authorization", "bearer " + TOKEN, "host", "starling.example");
    assertThat(ask("POST", "/drain", null, elsewhere).status()).isEqualTo(202);
  }

  @Test
  void token_wrongTooOften_isNotListenedToForAWhile() {
    port = serve(AdminToken.of(TOKEN));
    for (int i = 0; i < 10; i++) {
      assertThat(ask("GET", "/cluster", null, bearer("wrong-" + i)).status()).isEqualTo(401);
    }

    Answer answer = ask("GET", "/cluster", null, bearer("wrong"));
    assertThat(answer.status()).isEqualTo(429);
    assertThat(Integer.parseInt(String.valueOf(answer.retry()))).isBetween(1, 11);
    assertThat(ask("GET", "/livez", null, Map.of()).status()).isEqualTo(200);
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("authorization", "Bearer " + token);
  }

  private int serve(@Nullable AdminToken token) {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ManagementServer server =
        new ManagementServer(
            new ManagementConfig("127.0.0.1", 0, Secret.NONE),
            new Observation(health, meters, List::of, "1"),
            node,
            decisions,
            FUSION,
            "n-1",
            token);
    await(vertx.deployVerticle(server));
    return server.port();
  }

  private Answer ask(
      String method, String path, @Nullable String body, Map<String, String> fields) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(method))
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(path);
    return await(
        vertx
            .createHttpClient()
            .request(options)
            .compose(
                request -> {
                  fields.forEach(request::putHeader);
                  return body == null ? request.send() : request.send(body);
                })
            .compose(response -> response.body().map(text -> answer(response, text.toString()))));
  }

  private static Answer answer(HttpClientResponse response, String body) {
    return new Answer(
        response.statusCode(),
        body,
        response.getHeader("allow"),
        response.getHeader("retry-after"));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing within 30 s", e);
    }
  }
}
