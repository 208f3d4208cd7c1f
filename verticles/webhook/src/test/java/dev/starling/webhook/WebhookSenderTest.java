package dev.starling.webhook;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.sdk.Secret;
import dev.starling.testkit.ManualClock;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real receivers, which are HTTP servers on loopback. */
@Timeout(60)
class WebhookSenderTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OLD_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
  private static final String JSON = "{\"text\":\"zo\u00eb\"}";

  private final Vertx vertx = Vertx.vertx();
  private final ManualClock clock = new ManualClock();
  private final List<Received> received = Collections.synchronizedList(new ArrayList<>());
  private final WorkerExecutor worker = Resolver.threads(vertx);
  private final List<WebhookSender> senders = new ArrayList<>();

  private record Received(String path, MultiMap headers, String body) {}

  @AfterEach
  void stop() {
    senders.forEach(WebhookSender::close);
    await(vertx.close());
  }

  @Test
  void send_receiverTakesIt_isDeliveredSignedAndStamped() {
    int port = receiver(response -> response.setStatusCode(204).end());
    WebhookSender sender = sender("localhost:" + port, SECRET, OLD_SECRET);

    assertThat(send(sender, "http://localhost:" + port + "/in?a=b"))
        .isEqualTo(new Outcome.Delivered());

    assertThat(received).hasSize(1);
    Received one = received.get(0);
    assertThat(one.path()).isEqualTo("/in?a=b");
    assertThat(one.body()).isEqualTo(JSON);
    assertThat(one.headers().get("host")).isEqualTo("localhost:" + port);
    assertThat(one.headers().get("content-type")).isEqualTo("application/json");
    assertThat(one.headers().get("webhook-id")).isEqualTo("msg-1");
    long timestamp = clock.instant().getEpochSecond();
    assertThat(one.headers().get("webhook-timestamp")).isEqualTo(Long.toString(timestamp));
    assertThat(one.headers().get("webhook-signature"))
        .isEqualTo(
            SigningSecret.parse(SECRET).signature("msg-1", timestamp, JSON)
                + " "
                + SigningSecret.parse(OLD_SECRET).signature("msg-1", timestamp, JSON));
  }

  @Test
  void send_withTheReceiversSecret_isSignedWithThatAlone() {
    int port = receiver(response -> response.setStatusCode(204).end());
    SigningSecret own = SigningSecret.parse(OLD_SECRET);

    Outcome outcome =
        await(
            sender("localhost:" + port, SECRET)
                .send(new Delivery("msg-1", "http://localhost:" + port, JSON), own, LIMIT));

    assertThat(outcome).isEqualTo(new Outcome.Delivered());
    assertThat(received.get(0).headers().get("webhook-signature"))
        .isEqualTo(own.signature("msg-1", clock.instant().getEpochSecond(), JSON));
  }

  @ParameterizedTest
  @CsvSource({
    "200, Delivered",
    "202, Delivered",
    "299, Delivered",
    "301, Later",
    "400, Later",
    "404, Later",
    "410, Never",
    "429, Later",
    "500, Later"
  })
  void send_byStatus_isDeliveredOrNot(int status, String outcome) {
    int port = receiver(response -> response.setStatusCode(status).end("thanks"));

    assertThat(send(sender("localhost:" + port), "http://localhost:" + port).getClass())
        .hasToString("class dev.starling.webhook.Outcome$" + outcome);
  }

  @Test
  void send_redirect_isNotFollowed() {
    int inside = receiver(HttpServerResponse::end);
    String url = "http://localhost:" + inside + "/inside";
    int port = receiver(response -> response.setStatusCode(307).putHeader("location", url).end());

    assertThat(send(sender("localhost:*"), "http://localhost:" + port + "/outside"))
        .isEqualTo(
            new Outcome.Later(
                "localhost:" + port + ": answered 307, and redirects are not followed"));
    assertThat(received).extracting(Received::path).containsExactly("/outside");
  }

  @Test
  void send_receiverThatAskedForAPause_isLeftAlone() {
    int port =
        receiver(response -> response.setStatusCode(503).putHeader("retry-after", "3600").end());
    WebhookSender sender = sender("localhost:" + port);
    assertThat(send(sender, "http://localhost:" + port)).isInstanceOf(Outcome.Later.class);

    assertThat(send(sender, "http://localhost:" + port))
        .isInstanceOfSatisfying(
            Outcome.Later.class,
            later ->
                assertThat(later.reason())
                    .startsWith("localhost:" + port + " asked for a pause, which ends in "));
    assertThat(received).hasSize(1);
  }

  /** Every one of them would reach something on this machine or its network if it were tried. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:%d/",
        "https://127.1:%d/",
        "https://2130706433:%d/",
        "https://0:%d/",
        "https://0.0.0.0:%d/",
        "https://localhost:%d/",
        "https://LOCALHOST:%d/",
        "https://[::1]:%d/",
        "https://[::]:%d/",
        "https://[::ffff:127.0.0.1]:%d/",
        "https://[::ffff:7f00:1]:%d/",
        "https://[64:ff9b::7f00:1]:%d/",
        "https://169.254.169.254:%d/latest/meta-data",
        "https://10.0.0.1:%d/",
        "https://192.168.0.1:%d/",
        "https://100.64.0.1:%d/",
        "https://[fd00::1]:%d/",
        "https://[fe80::1]:%d/",
        "http://127.0.0.1:%d/"
      })
  void send_addressInside_isRefusedForGood(String url) {
    int port = receiver(HttpServerResponse::end);
    WebhookSender sender = sender("other.example.test:443");

    Outcome outcome = send(sender, url.formatted(port));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Never.class,
            never ->
                assertThat(await(sender.problemOf(url.formatted(port), LIMIT)))
                    .as("told before")
                    .isEqualTo(never.reason()));
    assertThat(received).isEmpty();
  }

  @Test
  void problemOf_whatMayBeTried_isNone() throws Exception {
    List<InetAddress> outside = List.of(InetAddress.getByName("1.1.1.1"));
    WebhookSender sender = sender(config("localhost:1"), host -> Future.succeededFuture(outside));

    assertThat(await(sender.problemOf("https://receiver.example.test/", LIMIT))).isNull();
    assertThat(await(sender.problemOf("http://localhost:1/", LIMIT))).as("allowed").isNull();
  }

  @Test
  void problemOf_whatCannotBeToldNow_isNone() {
    Promise<List<InetAddress>> lookUp = Promise.promise();
    WebhookSender sender = sender(config("slow.example:1"), host -> lookUp.future());

    assertThat(await(sender.problemOf("https://slow.example/", Duration.ofMillis(20))))
        .as("too slow")
        .isNull();
    assertThat(await(sender.problemOf("https://slow.example/", LIMIT)))
        .as("while that is under way")
        .isNull();
    lookUp.fail(new UnknownHostException("slow.example"));
    assertThat(await(sender.problemOf("https://slow.example/", LIMIT))).as("unknown").isNull();
  }

  @Test
  void send_nameWithAPublicAndAPrivateAddress_isRefusedForGood() throws Exception {
    List<InetAddress> both =
        List.of(InetAddress.getByName("1.1.1.1"), InetAddress.getByName("10.0.0.1"));

    assertThat(
            send(
                sender(config("none.example.test:1"), host -> Future.succeededFuture(both)),
                "https://rebinding.example.test/"))
        .isEqualTo(
            new Outcome.Never(
                "rebinding.example.test leads to 10.0.0.1, private (expected: public addresses)"));
  }

  @Test
  void send_nameThatWasLookedUp_isNotLookedUpAgain() throws Exception {
    int port = receiver(HttpServerResponse::end);
    AtomicInteger lookups = new AtomicInteger();
    List<InetAddress> loopback = List.of(InetAddress.getByName("127.0.0.1"));
    WebhookSender sender =
        sender(
            config("receiver.example.test:*"),
            host -> {
              lookups.incrementAndGet();
              return Future.succeededFuture(loopback);
            });

    // No resolver but ours knows the name: whoever asked again would not get there.
    assertThat(send(sender, "http://receiver.example.test:" + port + "/"))
        .isEqualTo(new Outcome.Delivered());
    assertThat(lookups).hasValue(1);
    assertThat(received.get(0).headers().get("host")).isEqualTo("receiver.example.test:" + port);
  }

  @Test
  void send_unknownName_isForLater() {
    assertThat(send(sender("a.test:1"), "https://no-such-name.invalid/"))
        .isEqualTo(new Outcome.Later("no-such-name.invalid:443: the host cannot be found"));
  }

  @Test
  void send_nobodyListens_isForLater() {
    // Port 1 of loopback is nobody's.
    assertThat(send(sender("127.0.0.1:1"), "http://127.0.0.1:1/"))
        .isInstanceOf(Outcome.Later.class);
  }

  @Test
  void send_receiverThatNeverAnswers_endsWithTheLimit() {
    Promise<Void> cut = Promise.promise();
    int port = receiver(response -> response.closeHandler(closed -> cut.complete()));

    assertThat(
            await(
                sender("localhost:" + port)
                    .send(
                        new Delivery("msg-1", "http://localhost:" + port + "/", JSON),
                        Duration.ofMillis(300))))
        .isEqualTo(new Outcome.Later("localhost:" + port + ": no answer in time"));
    await(cut.future());
  }

  @Test
  void send_answerWithoutEnd_isCutAtItsBoundAndCounts() {
    Promise<Void> cut = Promise.promise();
    int port =
        receiver(
            response -> {
              response.setChunked(true).closeHandler(closed -> cut.complete());
              pour(response);
            });

    assertThat(send(sender("localhost:" + port), "http://localhost:" + port + "/"))
        .isEqualTo(new Outcome.Delivered());
    await(cut.future());
  }

  @Test
  void send_moreThanMayBeInFlight_isForLaterAtOnce() {
    Promise<HttpServerResponse> held = Promise.promise();
    int port = receiver(held::complete);
    WebhookSender sender = sender("localhost:" + port);
    Delivery delivery = new Delivery("msg-1", "http://localhost:" + port + "/", JSON);
    Future<Outcome> first = sender.send(delivery, LIMIT);
    HttpServerResponse response = await(held.future());

    assertThat(await(sender.send(delivery, LIMIT)))
        .isEqualTo(new Outcome.Later("this node has 1 web-hooks in flight"));

    response.end();
    assertThat(await(first)).isEqualTo(new Outcome.Delivered());
    assertThat(await(sender.send(new Delivery("msg-2", "gopher://x", JSON), LIMIT)))
        .isInstanceOf(Outcome.Never.class);
  }

  @Test
  void send_lookUpThatLastsLongerThanItsAttempt_isInFlightUntilItEnds() {
    Promise<List<InetAddress>> lookUp = Promise.promise();
    WebhookSender sender = sender(config("slow.example:443"), host -> lookUp.future());
    Delivery delivery = new Delivery("msg-1", "https://slow.example/", JSON);
    assertThat(await(sender.send(delivery, Duration.ofMillis(20))))
        .isEqualTo(new Outcome.Later("slow.example:443: no answer in time"));

    assertThat(await(sender.send(delivery, LIMIT)))
        .isEqualTo(new Outcome.Later("this node has 1 web-hooks in flight"));

    lookUp.fail(new UnknownHostException("slow.example"));
    assertThat(await(sender.send(delivery, LIMIT)))
        .isEqualTo(new Outcome.Later("slow.example:443: the host cannot be found"));
  }

  @Test
  void send_overTls_isForTheHostThatTheCertificateNames() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    try {
      int port =
          receiver(
              new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()),
              HttpServerResponse::end);
      WebhooksConfig trusting = config("*.test:1", "localhost:*", "127.0.0.1:*");
      WebhookSender trusted = sender(withCa(trusting, certificate.certificatePath()));

      assertThat(send(trusted, "https://localhost:" + port + "/"))
          .isEqualTo(new Outcome.Delivered());
      assertThat(send(trusted, "https://127.0.0.1:" + port + "/"))
          .isInstanceOf(Outcome.Later.class);
      assertThat(send(sender(trusting), "https://localhost:" + port + "/"))
          .isInstanceOf(Outcome.Later.class);
      assertThat(received).hasSize(1);
    } finally {
      certificate.delete();
    }
  }

  private static void pour(HttpServerResponse response) {
    response.write("x".repeat(64)).onSuccess(written -> pour(response));
  }

  private Outcome send(WebhookSender sender, String url) {
    return await(sender.send(new Delivery("msg-1", url, JSON), LIMIT));
  }

  private WebhookSender sender(String allowed, String... secrets) {
    return secrets.length == 0
        ? sender(config(allowed))
        : sender(config(allowed), Resolver.system(worker), secrets);
  }

  private WebhookSender sender(WebhooksConfig config) {
    return sender(config, Resolver.system(worker));
  }

  private WebhookSender sender(WebhooksConfig config, Resolver resolver, String... secrets) {
    List<SigningSecret> signing =
        secrets.length < 2
            ? List.of(SigningSecret.parse(SECRET))
            : List.of(secrets).stream().map(SigningSecret::parse).toList();
    WebhookSender sender = new WebhookSender(vertx, config, signing, worker, resolver, clock);
    senders.add(sender);
    return sender;
  }

  private static WebhooksConfig config(String... allowed) {
    return new WebhooksConfig(
        List.of(allowed), Secret.NONE, Secret.NONE, "", LIMIT, 1, 1024, Duration.ofHours(2));
  }

  private static WebhooksConfig withCa(WebhooksConfig config, String ca) {
    return new WebhooksConfig(
        config.allow(),
        config.secret(),
        config.previousSecret(),
        ca,
        config.timeout(),
        config.maxInFlight(),
        config.maxResponseBytes(),
        config.longestPause());
  }

  private int receiver(Consumer<HttpServerResponse> answer) {
    return receiver(new HttpServerOptions(), answer);
  }

  /** Remembers what came, and answers. */
  private int receiver(HttpServerOptions options, Consumer<HttpServerResponse> answer) {
    return await(
            vertx
                .createHttpServer(options)
                .requestHandler(request -> take(request, answer))
                .listen(0, "127.0.0.1"))
        .actualPort();
  }

  private void take(HttpServerRequest request, Consumer<HttpServerResponse> answer) {
    request
        .body()
        .onSuccess(
            body -> {
              received.add(new Received(request.uri(), request.headers(), body.toString()));
              answer.accept(request.response());
            });
  }
}
