package dev.starling.edge;

import static dev.starling.edge.EdgeNode.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.Decision.Counter;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.testkit.TestNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients see of the traffic policy. */
@Timeout(60)
class PolicyIT {
  private static final String REDUCED =
      "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

  private final GuardedVerticle service = new GuardedVerticle();
  private final TokenVerticle tokens = new TokenVerticle();
  private final LimitVerticle limiter = new LimitVerticle(1_000_000);
  @TempDir Path directory;
  private EdgeNode edge;

  @BeforeEach
  void start() {
    edge = new EdgeNode(directory, http -> {}, service, tokens, limiter);
  }

  @AfterEach
  void stop() {
    service.letAllGo();
    edge.close();
  }

  // Shedding and priorities.

  @Test
  void get_memoryIsShort_refusesWhatMattersLeast() {
    heapIs(90);

    HttpResponse<String> refused = edge.get("/v1/batch");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json(refused).path("type").asText()).isEqualTo(REDUCED);
    assertThat(json(refused).path("policy").asText()).isEqualTo("heap");
    assertThat(json(refused).path("threshold").asInt()).isEqualTo(85);
    assertThat(json(refused).path("observed").asInt()).isEqualTo(90);
    assertThat(json(refused).path("outcome").asText()).isEqualTo("not-executed");
    assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 30);
    assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(200);

    heapIs(95);
    assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(503);
    assertThat(edge.get("/v1/urgent").statusCode()).isEqualTo(200);
  }

  @Test
  void get_shed_costsNeitherATokenNorAPermitNorACall() {
    heapIs(95);

    HttpResponse<String> refused = edge.get("/v1/mine", "authorization", "Bearer good.ada");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(tokens.asked).hasValue(0);
    assertThat(limiter.asked("guarded.mine")).isZero();
    assertThat(service.calls).hasValue(0);
  }

  @Test
  void get_shed_isRememberedUnderItsId() {
    heapIs(95);

    HttpResponse<String> refused = edge.get("/v1/value/1", "x-request-id", "mine");

    Decision decision = decision(refused);
    assertThat(decision.refusal().kind()).isEqualTo(Kind.SHED);
    assertThat(decision.refusal().status()).isEqualTo(503);
    assertThat(decision.call().requestId()).isEqualTo("mine");
    assertThat(decision.call().route()).isEqualTo("GET /v1/value/{id}");
    assertThat(decision.call().operation()).isEqualTo("guarded.value");
    assertThat(decision.call().address()).isEqualTo("127.0.0.1");
    assertThat(header(refused, "traceparent")).contains(decision.call().traceId());
  }

  @Test
  void post_shedWithALargeBody_closesTheConnectionInsteadOfReadingIt() throws IOException {
    heapIs(95);
    try (RawClient client = new RawClient(edge.port())) {
      client.send("POST /v1/values HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n{");
      RawClient.Answer answer = client.read();

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.closes()).isTrue();
    }
  }

  @Test
  void post_shedWithASmallBody_keepsTheConnection() throws IOException {
    heapIs(95);
    try (RawClient client = new RawClient(edge.port())) {
      client.send("POST /v1/values HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
      assertThat(client.read().closes()).isFalse();
      client.send("GET /v1/urgent HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void get_classIsFull_leavesRoomForWhatMattersMore() throws InterruptedException {
    // Of 2 calls, one may be normal.
    edge.node()
        .policy(
            """
            concurrency:
              - { name: all, match: { operation: guarded.* }, initial: 2, min: 1, adaptive: false }
            """);
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);

    HttpResponse<String> refused = edge.get("/v1/value/1");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json(refused).path("policy").asText()).isEqualTo("all");
    assertThat(edge.get("/v1/urgent").statusCode()).isEqualTo(200);

    service.letGo();
    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(200);
  }

  @Test
  void get_callerOfALowerTier_isAskedAboutAgain() {
    edge.node().policy("priorities: [{ match: { tier: free }, priority: sheddable }]");
    heapIs(90);

    assertThat(edge.get("/v1/mine", "authorization", "Bearer good.ada~gold").statusCode())
        .isEqualTo(200);
    HttpResponse<String> refused = edge.get("/v1/mine", "authorization", "Bearer good.bob~free");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(decision(refused).call().consumer()).isEqualTo("bob");
    assertThat(service.calls).hasValue(1);
  }

  @Test
  void get_callerOfAnotherClass_takesAPlaceThere() throws InterruptedException {
    edge.node()
        .policy(
            """
            concurrency:
              - { name: free, match: { tier: free }, initial: 1, min: 1, adaptive: false }
              - { name: rest, match: {}, initial: 1, min: 1, adaptive: false }
            """);
    CompletableFuture<HttpResponse<String>> first =
        send("/v1/held-by", "authorization", "Bearer good.bob~free");
    service.awaitHeld(1);

    HttpResponse<String> refused = edge.get("/v1/mine", "authorization", "Bearer good.bob~free");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json(refused).path("policy").asText()).isEqualTo("free");
    assertThat(json(refused).path("threshold").asInt()).isEqualTo(1);
    assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 30);
    assertThat(decision(refused).refusal().kind()).isEqualTo(Kind.SHED);
    assertThat(shed("concurrency", "normal")).isEqualTo(1);
    assertThat(edge.get("/v1/mine", "authorization", "Bearer good.ada~gold").statusCode())
        .isEqualTo(200);

    service.letGo();
    assertThat(first.join().statusCode()).isEqualTo(200);
    for (int i = 0; i < 3; i++) {
      assertThat(edge.get("/v1/mine", "authorization", "Bearer good.bob~free").statusCode())
          .isEqualTo(200);
    }
    assertThat(shed("concurrency", "normal")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {"u=0 | NORMAL", "u=3 | NORMAL", "u=5 | SHEDDABLE", "u=7, i | SHEDDABLE"})
  void get_clientsPriority_canOnlyLower(String priority, String seen) {
    assertThat(json(edge.get("/v1/seen", "priority", priority)).path("priority").asText())
        .isEqualTo(seen);
  }

  @Test
  void get_priorityOfARule_travelsWithTheCall() {
    edge.node()
        .policy(
            """
            priorities:
              - { match: { tier: gold }, priority: critical }
              - { match: { operation: guarded.seen }, priority: sheddable }
            """);

    assertThat(json(edge.get("/v1/seen", "priority", "u=0")).path("priority").asText())
        .isEqualTo("SHEDDABLE");
    assertThat(seenBy("good.ada~gold")).isEqualTo("CRITICAL");
    assertThat(seenBy("good.ada")).isEqualTo("NORMAL");
  }

  @Test
  void get_degraded_losesRanksUntilItIsOver() {
    edge.node()
        .policy(
            """
            degradation:
              - name: busy
                when: requests-per-second(guarded.seen) > 2
                hold: 0s
                match: { operation: guarded.seen }
            """);
    long now = System.nanoTime();
    edge.node().guards().observe(now);
    for (int i = 0; i < 4; i++) {
      assertThat(json(edge.get("/v1/seen")).path("priority").asText()).isEqualTo("NORMAL");
    }
    edge.node().guards().observe(now + 1_000_000_000L);

    assertThat(json(edge.get("/v1/seen")).path("priority").asText()).isEqualTo("SHEDDABLE");
    edge.node().guards().observe(now + 3_000_000_000L);
    assertThat(json(edge.get("/v1/seen")).path("priority").asText()).isEqualTo("NORMAL");
  }

  // Deadlines.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {"none | 700", "500 | 500", "5000 | 900"})
  void get_deadlineOfARule_capsAndDefaults(String asked, int most) {
    edge.node().policy("deadlines: [{ match: { path: /v1/seen }, max: 900ms, default: 700ms }]");
    HttpResponse<String> response =
        asked == null ? edge.get("/v1/seen") : edge.get("/v1/seen", "x-request-timeout-ms", asked);

    assertThat(json(response).path("remaining_millis").asInt()).isBetween(1, most);
  }

  @Test
  void get_deadlineOfATier_holdsOnceTheCallerIsKnown() {
    edge.node().policy("deadlines: [{ match: { tier: free }, max: 300ms }]");

    HttpResponse<String> free = edge.get("/v1/seen-by", "authorization", "Bearer good.bob~free");
    assertThat(json(free).path("remaining_millis").asInt()).isBetween(1, 300);
  }

  @Test
  void get_tooLate_saysWhoSetTheTimeAndThatTheOutcomeIsUnknown() {
    HttpResponse<String> late = edge.get("/v1/never");

    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(json(late).path("outcome").asText()).isEqualTo("unknown");
    assertThat(json(late).path("threshold").asInt()).isEqualTo(50);
    assertThat(json(late).path("observed").asInt()).isGreaterThanOrEqualTo(50);
    assertThat(decision(late).refusal().kind()).isEqualTo(Kind.DEADLINE);
    assertThat(json(late).path("policy").asText()).isEqualTo("operation");
    assertThat(json(edge.get("/v1/never", "x-request-timeout-ms", "20")).path("policy").asText())
        .isEqualTo("client");
  }

  // Limits.

  @Test
  void get_limited_saysByWhichRuleAndIsRemembered() {
    edge.close();
    edge = new EdgeNode(directory, http -> {}, service, tokens, new LimitVerticle(1));
    edge.get("/v1/value/1");
    HttpResponse<String> limited = edge.get("/v1/value/1");

    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(header(limited, "retry-after")).isEqualTo("5");
    assertThat(json(limited).path("threshold").asInt()).isEqualTo(1);
    assertThat(json(limited).path("observed").asInt()).isEqualTo(2);
    assertThat(decision(limited).refusal().kind()).isEqualTo(Kind.LIMITED);
  }

  // Caches.

  @Test
  void get_cached_isGivenAgainWithItsAge() {
    cacheValues("ttl: 1h");
    HttpResponse<String> first = edge.get("/v1/value/1?b=2&a=1");
    HttpResponse<String> second = edge.get("/v1/value/1?a=1&b=2");

    assertThat(header(first, "cache-status")).isEqualTo("Starling; fwd=uri-miss; stored");
    assertThat(first.headers().firstValue("age")).isEmpty();
    assertThat(header(second, "cache-status")).startsWith("Starling; hit; ttl=3");
    assertThat(header(second, "age")).isEqualTo("0");
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(service.calls).hasValue(1);
    assertThat(edge.get("/v1/value/2").body()).isNotEqualTo(first.body());
    assertThat(
            edge.node()
                .scope()
                .meters()
                .get("edge.cache.answers")
                .tags("cache", "values", "source", "fresh")
                .functionCounter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void get_answerThatIsTooLargeWithItsHeaders_isNotCalledStored() {
    cacheValues("ttl: 1h, max-body-bytes: 100");

    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer = edge.get("/v1/value/1");
      assertThat(answer.body()).hasSizeLessThan(100);
      assertThat(header(answer, "cache-status")).isEqualTo("Starling; fwd=uri-miss");
    }
    assertThat(service.calls).hasValue(2);
  }

  @Test
  void policy_withCaches_hasThemBeforeAnybodyAsks() {
    MeterRegistry meters = edge.node().scope().meters();
    cacheValues("ttl: 1h");

    assertThat(meters.get("edge.cache.entries").tag("cache", "values").gauge().value()).isZero();

    edge.node().policy("{}");
    assertThat(meters.find("edge.cache.entries").gauge()).isNull();
  }

  @Test
  void get_cachedThatTheClientHas_isNotModified() {
    cacheValues("ttl: 1h");
    HttpResponse<String> miss = edge.get("/v1/value/1", "if-none-match", "\"0\"");
    HttpResponse<String> hit = edge.get("/v1/value/1", "if-none-match", "\"1\"");

    assertThat(miss.statusCode()).isEqualTo(200);
    assertThat(hit.statusCode()).isEqualTo(304);
    assertThat(hit.body()).isEmpty();
    assertThat(header(hit, "etag")).isEqualTo("\"1\"");
    assertThat(service.calls).hasValue(1);
  }

  @Test
  void head_cached_hasTheHeadersOfGet() {
    cacheValues("ttl: 1h");
    HttpResponse<String> get = edge.get("/v1/value/1");
    HttpResponse<String> head = edge.send("HEAD", "/v1/value/1", null);

    assertThat(header(head, "content-length")).isEqualTo(header(get, "content-length"));
    assertThat(service.calls).hasValue(1);
  }

  @Test
  void get_fiftyAtOnceOfWhatIsNotThere_areOneCall() throws InterruptedException {
    edge.node().policy("caches: [{ name: held, match: { path: /v1/held }, ttl: 1h }]");
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      asked.add(send("/v1/held"));
    }
    awaitInFlight("guarded.held", 50);
    service.letGo();

    assertThat(asked).allMatch(answer -> answer.join().statusCode() == 200);
    assertThat(service.calls).hasValue(1);
    Map<String, Long> bodies =
        asked.stream()
            .map(answer -> answer.join().body())
            .collect(Collectors.groupingBy(body -> body, Collectors.counting()));
    assertThat(bodies).containsValues(50L).hasSize(1);
  }

  @Test
  void get_waitingForAnothersCall_waitsNoLongerThanItMay() throws InterruptedException {
    edge.node().policy("caches: [{ name: held, match: { path: /v1/held }, ttl: 1h }]");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);

    HttpResponse<String> late = edge.get("/v1/held", "x-request-timeout-ms", "50");

    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(json(late).path("policy").asText()).isEqualTo("client");
    service.letGo();
    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(service.calls).hasValue(1);
  }

  @Test
  void get_leaderWhoLeft_doesNotTakeTheAnswerWithIt() throws Exception {
    edge.node().policy("caches: [{ name: held, match: { path: /v1/held }, ttl: 1h }]");
    try (RawClient leader = new RawClient(edge.port())) {
      leader.send("GET /v1/held HTTP/1.1\r\nHost: a\r\n\r\n");
      service.awaitHeld(1);
    }
    awaitInFlight("guarded.held", 0);
    CompletableFuture<HttpResponse<String>> follower = send("/v1/held");
    awaitInFlight("guarded.held", 1);
    service.letGo();

    assertThat(follower.join().statusCode()).isEqualTo(200);
    assertThat(service.calls).hasValue(1);
  }

  @Test
  void get_serviceFails_givesTheOlderAnswerMarkedAsDegraded() {
    cacheValues("ttl: 1ms, stale-if-error: 1h");
    HttpResponse<String> good = edge.get("/v1/value/1");
    service.failing = true;

    HttpResponse<String> degraded =
        await("/v1/value/1", response -> response.headers().map().containsKey("starling-degraded"));

    assertThat(degraded.statusCode()).isEqualTo(200);
    assertThat(degraded.body()).isEqualTo(good.body());
    assertThat(header(degraded, "starling-degraded")).isEqualTo("true");
    assertThat(header(degraded, "cache-status"))
        .startsWith("Starling; hit; ttl=-")
        .endsWith("; detail=stale-if-error");
    assertThat(edge.get("/v1/value/2").statusCode()).isEqualTo(500);
  }

  @Test
  void get_breakerIsOpen_givesTheOlderAnswer() {
    edge.node()
        .policy(
            """
            caches: [{ name: values, match: { path: "/v1/value/*" }, ttl: 1ms, stale-if-error: 1h }]
            breakers: [{ name: guarded, service: guarded, minimum-calls: 1 }]
            """);
    edge.get("/v1/value/1");
    service.failing = true;
    assertThat(await("/v1/value/2", response -> response.statusCode() == 503)).isNotNull();
    int calls = service.calls.get();

    HttpResponse<String> degraded =
        await("/v1/value/1", response -> response.headers().map().containsKey("starling-degraded"));

    assertThat(degraded.statusCode()).isEqualTo(200);
    assertThat(service.calls).hasValue(calls);
  }

  @Test
  void get_othersAnswer_isNeverGiven() {
    edge.node().policy("caches: [{ name: mine, match: { path: /v1/mine }, ttl: 1h }]");
    assertThat(mine("good.ada")).isEqualTo("ada");
    assertThat(mine("good.bob")).isEqualTo("bob");

    edge.node()
        .policy("caches: [{ name: mine, match: { path: /v1/mine }, ttl: 1h, vary: consumer }]");
    assertThat(mine("good.ada")).isEqualTo("ada");
    assertThat(mine("good.bob")).isEqualTo("bob");
    assertThat(mine("good.ada")).isEqualTo("ada");
    assertThat(service.calls).hasValue(4);

    edge.node()
        .policy("caches: [{ name: mine, match: { path: /v1/mine }, ttl: 1h, vary: tenant }]");
    assertThat(mine("good.ada@acme")).isEqualTo("ada");
    assertThat(mine("good.bob@acme")).isEqualTo("ada");
    assertThat(mine("good.eve@other")).isEqualTo("eve");
    assertThat(mine("good.ada")).isEqualTo("ada");
    assertThat(mine("good.bob")).isEqualTo("bob");
  }

  @Test
  void get_sharedByTheRule_isGivenToAllWhoMaySeeIt() {
    edge.node()
        .policy("caches: [{ name: mine, match: { path: /v1/mine }, ttl: 1h, shared: true }]");

    assertThat(mine("good.ada")).isEqualTo("ada");
    assertThat(mine("good.bob")).isEqualTo("ada");
    assertThat(edge.get("/v1/mine").statusCode()).isEqualTo(401);
  }

  // Bulkheads and breakers.

  @Test
  void get_bulkheadIsFull_isRefusedUntilSomebodyLeaves() throws InterruptedException {
    bulkhead("max-concurrent: 1");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);

    HttpResponse<String> refused = edge.get("/v1/held");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json(refused).path("type").asText()).isEqualTo(REDUCED);
    assertThat(json(refused).path("policy").asText()).isEqualTo("room");
    assertThat(json(refused).path("threshold").asInt()).isEqualTo(1);
    assertThat(decision(refused).refusal().kind()).isEqualTo(Kind.BULKHEAD);
    assertThat(decision(refused).refusal().counters())
        .containsExactly(new Counter("inside", 1), new Counter("waiting", 0));

    service.letGo();
    assertThat(first.join().statusCode()).isEqualTo(200);
    CompletableFuture<HttpResponse<String>> next = send("/v1/held");
    service.letGo();
    assertThat(next.join().statusCode()).isEqualTo(200);
    assertThat(room().inside()).isZero();
  }

  @Test
  void get_bulkheadWithAQueue_waitsForItsTurn() throws InterruptedException {
    bulkhead("max-concurrent: 1, max-waiting: 1, max-wait: 20s");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);
    CompletableFuture<HttpResponse<String>> second = send("/v1/held");
    await(() -> room().waiting() == 1);

    assertThat(edge.get("/v1/held").statusCode()).isEqualTo(503);
    service.letGo();
    assertThat(first.join().statusCode()).isEqualTo(200);
    service.letGo();
    assertThat(second.join().statusCode()).isEqualTo(200);
    assertThat(edge.node().scope().meters().get("edge.bulkhead.wait").timer().count()).isEqualTo(1);
  }

  @Test
  void get_waitedTooLongAtABulkhead_isRefused() {
    bulkhead("max-concurrent: 1, max-waiting: 1, max-wait: 10s");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);
    CompletableFuture<HttpResponse<String>> second = send("/v1/held");
    await(() -> room().waiting() == 1);

    edge.node().guards().tick(System.nanoTime() + 11_000_000_000L);

    assertThat(second.join().statusCode()).isEqualTo(503);
    assertThat(first).isNotDone();
  }

  @Test
  void get_timeIsOverAtABulkhead_wasNotExecuted() {
    bulkhead("max-concurrent: 1, max-waiting: 1, max-wait: 30s");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);

    HttpResponse<String> late = edge.get("/v1/held", "x-request-timeout-ms", "50");

    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(json(late).path("outcome").asText()).isEqualTo("not-executed");
    assertThat(room().waiting()).isZero();
    assertThat(first).isNotDone();
  }

  @Test
  void get_clientLeavesTheQueue_makesRoomThere() throws IOException {
    bulkhead("max-concurrent: 1, max-waiting: 1, max-wait: 30s");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);
    try (RawClient client = new RawClient(edge.port())) {
      client.send("GET /v1/held HTTP/1.1\r\nHost: a\r\n\r\n");
      await(() -> room().waiting() == 1);
    }

    await(() -> room().waiting() == 0);
    assertThat(first).isNotDone();
  }

  @Test
  void get_bulkheadIsChanged_letsThoseWaitInTheNewOne() throws InterruptedException {
    bulkhead("max-concurrent: 1, max-waiting: 1, max-wait: 20s");
    CompletableFuture<HttpResponse<String>> first = send("/v1/held");
    service.awaitHeld(1);
    CompletableFuture<HttpResponse<String>> second = send("/v1/held");
    await(() -> room().waiting() == 1);

    bulkhead("max-concurrent: 2");
    service.awaitHeld(2);
    service.letGo();
    service.letGo();

    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(second.join().statusCode()).isEqualTo(200);
    assertThat(room().inside()).isZero();
  }

  @Test
  void get_manyWhoWaitGiveUpAndLeave_everyPlaceIsGivenBack() throws IOException {
    edge.node()
        .policy(
            """
            bulkheads:
              - { name: room, match: { path: /v1/pause }, max-concurrent: 2, max-waiting: 40, max-wait: 1s }
            """);
    Bulkhead room = room("/v1/pause", "guarded.pause");
    Random random = new Random(7);
    HttpClient client = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      if (i % 10 == 0) {
        try (RawClient leaves = new RawClient(edge.port())) {
          leaves.send("GET /v1/pause HTTP/1.1\r\nHost: a\r\n\r\n");
        }
      }
      asked.add(
          client.sendAsync(
              HttpRequest.newBuilder(edge.uri("/v1/pause"))
                  .header("x-request-timeout-ms", Integer.toString(1 + random.nextInt(40)))
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    }

    assertThat(asked).allMatch(one -> List.of(200, 503, 504).contains(one.join().statusCode()));
    await(() -> room.inside() == 0 && room.waiting() == 0);
    assertThat(edge.get("/v1/pause").statusCode()).isEqualTo(200);
  }

  @Test
  void stream_inABulkhead_keepsItsPlaceUntilItIsOver() throws IOException {
    edge.node().policy("bulkheads: [{ name: room, match: { path: /v1/feed }, max-concurrent: 1 }]");
    try (RawClient reader = new RawClient(edge.port())) {
      reader.send("GET /v1/feed HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(reader.readHead().status()).isEqualTo(200);
      assertThat(edge.get("/v1/feed").statusCode()).isEqualTo(503);
    }
    Bulkhead room = room("/v1/feed", "guarded.feed");
    await(() -> room.inside() == 0);
  }

  @Test
  void get_serviceKeepsFailing_isNotAskedAnyMore() {
    edge.node()
        .policy("breakers: [{ name: guarded, service: guarded, minimum-calls: 5, sleep: 30s }]");
    service.failing = true;
    for (int i = 0; i < 5; i++) {
      assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(500);
    }
    HttpResponse<String> refused = edge.get("/v1/value/1");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(json(refused).path("type").asText()).isEqualTo(REDUCED);
    assertThat(json(refused).path("policy").asText()).isEqualTo("guarded");
    assertThat(json(refused).path("threshold").asInt()).isEqualTo(50);
    assertThat(json(refused).path("observed").asInt()).isEqualTo(100);
    assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(20, 37);
    assertThat(decision(refused).refusal().kind()).isEqualTo(Kind.BREAKER);
    assertThat(decision(refused).refusal().counters())
        .extracting(Counter::name)
        .containsExactly("calls", "remaining-ms");
    assertThat(service.calls).hasValue(5);

    edge.node().policy("{}");
    service.failing = false;
    assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(200);
  }

  @Test
  void get_refusalsOfTheService_openNoBreaker() {
    edge.node().policy("breakers: [{ name: guarded, service: guarded, minimum-calls: 3 }]");
    for (int i = 0; i < 10; i++) {
      assertThat(edge.get("/v1/refused").statusCode()).isEqualTo(404);
    }
    assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(200);
  }

  @Test
  void get_timeouts_openTheBreaker() {
    edge.node().policy("breakers: [{ name: guarded, service: guarded, minimum-calls: 2 }]");
    assertThat(edge.get("/v1/never").statusCode()).isEqualTo(504);
    assertThat(edge.get("/v1/never").statusCode()).isEqualTo(504);
    assertThat(edge.get("/v1/value/1").statusCode()).isEqualTo(503);
  }

  private double shed(String guard, String priority) {
    return edge.node()
        .scope()
        .meters()
        .get("policy.shed")
        .tags("guard", guard, "priority", priority)
        .functionCounter()
        .count();
  }

  private void heapIs(double percent) {
    edge.node().guards().heap().collected(percent, System.nanoTime());
  }

  private void cacheValues(String keys) {
    edge.node()
        .policy("caches: [{ name: values, match: { path: \"/v1/value/*\" }, " + keys + " }]");
  }

  private void bulkhead(String keys) {
    edge.node().policy("bulkheads: [{ name: room, match: { path: /v1/held }, " + keys + " }]");
  }

  private Bulkhead room() {
    return room("/v1/held", "guarded.held");
  }

  private Bulkhead room(String path, String operation) {
    return edge.node()
        .guards()
        .current()
        .forRoute(new PolicyRoute("GET", path, operation, true))
        .bulkheads(Caller.UNKNOWN)
        .get(0);
  }

  private String mine(String token) {
    return json(edge.get("/v1/mine", "authorization", "Bearer " + token)).path("text").asText();
  }

  private String seenBy(String token) {
    return json(edge.get("/v1/seen-by", "authorization", "Bearer " + token))
        .path("priority")
        .asText();
  }

  private Decision decision(HttpResponse<String> refused) {
    String id = json(refused).path("decision_id").asText();
    return Optional.ofNullable(edge.node().decisions().find(id)).orElseThrow();
  }

  /** Asks on a connection of its own, without waiting for the answer. */
  private CompletableFuture<HttpResponse<String>> send(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(edge.uri(path)).timeout(TestNode.PATIENCE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient()
        .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Asks until an answer is as wanted. */
  private HttpResponse<String> await(String path, Predicate<HttpResponse<String>> wanted) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    HttpResponse<String> response = edge.get(path);
    while (!wanted.test(response)) {
      assertThat(System.nanoTime() - end).as("%s", response).isNegative();
      response = edge.get(path);
    }
    return response;
  }

  private void awaitInFlight(String operation, int count) {
    RouteTraffic traffic = Enforcement.of(edge.node().scope(), 1 << 20).traffic();
    await(() -> traffic.inFlight(operation) == count);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.onSpinWait();
    }
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }
}
