package dev.starling.edge;

import static dev.starling.edge.EdgeNode.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Operations;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients see when something behind the edge, or they themselves, do not behave. */
@Timeout(60)
class TroubleIT {
  private static final Consumer<ObjectNode> DEFAULTS = http -> {};
  @TempDir Path directory;

  @Test
  void get_withoutAuthService_letsNobodyThrough() {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle())) {
      HttpResponse<String> response = edge.get("/v1/me", "authorization", "Bearer good.ada");

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(Integer.parseInt(response.headers().firstValue("retry-after").orElseThrow()))
          .isBetween(1, 3);
      assertThat(json(response).path("outcome").asText()).isEqualTo("not-executed");
      assertThat(json(response).path("policy").asText()).isEqualTo("auth-unavailable");
      assertThat(json(response).path("decision_id").asText()).isNotEmpty();
      assertThat(json(response).has("threshold")).as("no number was passed").isFalse();
    }
  }

  @Test
  void get_withoutLimiter_goesOnAndIsCounted() {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle())) {
      assertThat(edge.get("/v1/ping").statusCode()).isEqualTo(200);
      assertThat(edge.get("/v1/ping").headers().firstValue("ratelimit")).isEmpty();
      assertThat(edge.node().scope().meters().get("edge.limiter.skipped").counter().count())
          .isEqualTo(2);
    }
  }

  @Test
  void get_limiterThatNeverAnswers_goesOnWithoutIt() {
    ServiceVerticle silent =
        new ServiceVerticle() {
          @Override
          public String name() {
            return RateLimitContract.SERVICE;
          }

          @Override
          protected Future<?> open() {
            return serve(
                RateLimitContract.SPEND,
                (request, context) -> Promise.<Decision>promise().future());
          }
        };
    try (EdgeNode edge =
        new EdgeNode(
            directory, http -> http.put("limit-timeout", "20ms"), silent, new SampleVerticle())) {
      assertThat(edge.get("/v1/ping").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void get_overTheLimit_isToldWhenToComeBack() {
    try (EdgeNode edge =
        new EdgeNode(directory, DEFAULTS, new SampleVerticle(), new LimitVerticle(2))) {
      assertThat(edge.get("/v1/ping").statusCode()).isEqualTo(200);
      assertThat(edge.get("/v1/ping").headers().firstValue("ratelimit").orElseThrow())
          .isEqualTo("\"burst\";r=0;t=30, \"daily\";r=998;t=3600");
      HttpResponse<String> limited = edge.get("/v1/ping");

      assertThat(limited.statusCode()).isEqualTo(429);
      assertThat(limited.headers().firstValue("retry-after")).hasValue("5");
      assertThat(limited.headers().firstValue("ratelimit"))
          .hasValue("\"burst\";r=0;t=5, \"daily\";r=997;t=3600");
      assertThat(json(limited).path("type").asText())
          .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
      assertThat(json(limited).path("violated-policies").path(0).asText()).isEqualTo("burst");
    }
  }

  @Test
  void get_toldToWaitForItsTurn_goesOnAfterwardsUnlessItsClientHasNoTime() {
    AtomicReference<Spend> asked = new AtomicReference<>();
    AtomicInteger delayMillis = new AtomicInteger(30);
    ServiceVerticle queue =
        new ServiceVerticle() {
          @Override
          public String name() {
            return RateLimitContract.SERVICE;
          }

          @Override
          protected Future<?> open() {
            return serve(
                RateLimitContract.SPEND,
                (request, context) -> {
                  asked.set(request);
                  return Future.succeededFuture(
                      new Allowed(List.of(), delayMillis.get(), List.of()));
                });
          }
        };
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, queue, new SampleVerticle())) {
      assertThat(edge.get("/v1/ping").statusCode()).isEqualTo(200);
      assertThat(asked.get().operation()).isEqualTo("sample.ping");
      assertThat(asked.get().method()).isEqualTo("GET");
      assertThat(asked.get().path()).isEqualTo("/v1/ping");

      // The limiter hears how long the client waits, and so can refuse in time.
      assertThat(edge.get("/v1/ping", "x-request-timeout-ms", "900").statusCode()).isEqualTo(200);
      assertThat(asked.get().maxDelayMillis()).isBetween(1, 900);

      // What did wait, and for too long, is not done any more.
      delayMillis.set(600);
      HttpResponse<String> late = edge.get("/v1/ping", "x-request-timeout-ms", "300");
      assertThat(late.statusCode()).isEqualTo(504);
      assertThat(json(late).path("policy").asText()).isEqualTo("client");
      assertThat(edge.node().scope().meters().get("edge.limiter.skipped").counter().count())
          .isZero();
    }
  }

  @Test
  void get_serviceThatLeft_isGoneFromTheRoutes() {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle())) {
      edge.undeploy(0);

      assertThat(edge.awaitStatus("/v1/ping", 404)).isEqualTo(404);
    }
  }

  @Test
  void get_announcedButNotServed_isUnavailable() {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS)) {
      edge.node().catalog().announce(RouteTableTest.service("ghost", "GET /v1/ghost"));
      assertThat(edge.awaitStatus("/v1/ghost", 503)).isEqualTo(503);

      assertThat(json(edge.get("/v1/ghost")).path("outcome").asText()).isEqualTo("not-executed");
    }
  }

  @Test
  void get_pathOfTwoServices_isAlwaysAnsweredByTheFirstInTheAlphabet() {
    try (EdgeNode edge =
        new EdgeNode(directory, DEFAULTS, new Claimant("zeta"), new Claimant("alpha"))) {
      assertThat(edge.get("/v1/claimed").body()).isEqualTo("{\"message\":\"alpha\"}");
    }
  }

  @Test
  void get_oneOfAThousandRoutes_isFound() {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new Crowd())) {
      for (int i = 0; i < Crowd.SIZE; i += 37) {
        assertThat(edge.get("/v1/crowd" + i + "/x/part").body())
            .isEqualTo("{\"message\":\"" + i + " x\"}");
      }
      assertThat(edge.get("/v1/crowd1000/x/part").statusCode()).isEqualTo(404);
      assertThat(json(edge.get("/openapi.json")).path("paths")).hasSize(Crowd.SIZE);
    }
  }

  private static final class Crowd extends ServiceVerticle {
    static final int SIZE = 1000;

    @Override
    protected void declare(Operations on) {
      for (int i = 0; i < SIZE; i++) {
        int number = i;
        on.get(
                "/v1/crowd" + i + "/{id}/part",
                SampleVerticle.Pong.class,
                call -> reply(new SampleVerticle.Pong(number + " " + call.path("id"))))
            .id("crowd.get" + i)
            .open();
      }
    }
  }

  private static final class Claimant extends ServiceVerticle {
    private final String name;

    Claimant(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    protected void declare(Operations on) {
      on.get("/v1/claimed", SampleVerticle.Pong.class, call -> reply(new SampleVerticle.Pong(name)))
          .open();
    }
  }

  @Test
  void post_bodyThatTrickles_isCutOff() throws IOException {
    try (EdgeNode edge =
            new EdgeNode(
                directory, http -> http.put("request-timeout", "100ms"), new SampleVerticle());
        RawClient client = new RawClient(edge.port())) {
      client.send("POST /v1/items HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{\"na");
      RawClient.Answer answer = client.read();

      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.closes()).isTrue();
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void get_headThatTrickles_isCutOff() throws IOException {
    try (EdgeNode edge =
            new EdgeNode(
                directory,
                http -> http.put("idle-timeout", "300ms").put("max-request-timeout", "200ms"),
                new SampleVerticle());
        RawClient client = new RawClient(edge.port())) {
      client.send("GET /v1/ping HTTP/1.1\r\nX: ");
      // No timer that restarts with each byte ever fires here.
      assertThat(client.trickleUntilClosed("a", 20)).isTrue();
    }
  }

  @Test
  void connection_withoutARequest_isClosed() throws IOException {
    try (EdgeNode edge = new EdgeNode(directory, http -> http.put("idle-timeout", "200ms"));
        RawClient client = new RawClient(edge.port())) {
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void connection_overTheLimit_isClosed() throws IOException {
    try (EdgeNode edge =
            new EdgeNode(directory, http -> http.put("max-connections", 1), new SampleVerticle());
        RawClient first = new RawClient(edge.port())) {
      first.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(first.read().status()).isEqualTo(200);
      try (RawClient second = new RawClient(edge.port())) {
        second.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(second.read()).isNull();
      }
      first.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  @Test
  void get_overTheInFlightLimit_isShed() throws Exception {
    try (EdgeNode edge =
            new EdgeNode(directory, http -> http.put("max-in-flight", 1), new SampleVerticle());
        RawClient first = new RawClient(edge.port());
        RawClient second = new RawClient(edge.port())) {
      first.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
      SampleVerticle.awaitSlowCall();
      second.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      RawClient.Answer shed = second.read();

      assertThat(shed.status()).isEqualTo(503);
      assertThat(shed.headers()).containsKey("retry-after");
      assertThat(json(shed.body()).path("type").asText()).endsWith("#temporary-reduced-capacity");
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  @Test
  void get_whileDraining_isAnsweredAndClosed() throws IOException {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle());
        RawClient client = new RawClient(edge.port())) {
      Draining.of(edge.node().scope()).begin();
      client.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      RawClient.Answer answer = client.read();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.closes()).isTrue();
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void stop_withARequestInFlight_letsItEnd() throws Exception {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle());
        RawClient idle = new RawClient(edge.port());
        RawClient busy = new RawClient(edge.port())) {
      idle.send("GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(idle.read().status()).isEqualTo(200);
      busy.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
      SampleVerticle.awaitSlowCall();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(edge::stopEdge);

      assertThat(idle.read()).isNull();
      assertThat(busy.read().status()).isEqualTo(200);
      assertThat(busy.read()).isNull();
      stopped.get(30, TimeUnit.SECONDS);
      assertThatThrownBy(() -> new RawClient(edge.portBefore())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void client_thatLeaves_disturbsNobody() throws Exception {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle())) {
      try (RawClient client = new RawClient(edge.port())) {
        client.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
        SampleVerticle.awaitSlowCall();
      }
      try (RawClient client = new RawClient(edge.port())) {
        client.send("POST /v1/items HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{\"na");
      }
      assertThat(edge.get("/v1/ping").statusCode()).isEqualTo(200);
      assertThat(edge.awaitGauge("edge.connections", 1)).isEqualTo(1);
    }
  }

  @Test
  void deploy_severalInstances_shareOnePort() {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS, new SampleVerticle())) {
      EdgeVerticle second = new EdgeVerticle();
      edge.node().deploy(second);

      assertThat(second.port()).isEqualTo(edge.port());
      for (int i = 0; i < 4; i++) {
        // A client of its own has a connection of its own, and instances take turns.
        assertThat(edge.getWithNewClient("/v1/ping").statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void deploy_portInUse_saysWhatToDo(@TempDir Path other) {
    try (EdgeNode edge = new EdgeNode(directory, DEFAULTS)) {
      int port = edge.port();

      assertThatThrownBy(() -> new EdgeNode(other, http -> http.put("port", port)))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "http.port: " + port + " is in use (expected: a free port; set STARLING_HTTP_PORT)");
    }
  }

  @Test
  void get_behindATrustedProxy_isFromTheClientThatItNames() {
    try (EdgeNode edge =
        new EdgeNode(
            directory,
            http -> http.putArray("trusted-proxies").add("127.0.0.0/8"),
            new SampleVerticle())) {
      assertThat(client(edge, "x-forwarded-for", "6.6.6.6, 198.51.100.7, 127.0.0.9"))
          .isEqualTo("198.51.100.7");
      assertThat(client(edge, "forwarded", "for=6.6.6.6, for=\"[2001:db8::7]:4711\";proto=https"))
          .isEqualTo("2001:db8::7");
      assertThat(client(edge, "x-other", "1")).isEqualTo("127.0.0.1");
    }
  }

  private static String client(EdgeNode edge, String name, String value) {
    return json(edge.get("/v1/items/1", name, value)).path("client").asText();
  }
}
