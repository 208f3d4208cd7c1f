package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobsNode.ECHO;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.sdk.Json;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real receiver, which is an HTTP server on loopback. */
@Timeout(60)
class CallbackTest {
  private static final List<Received> received = Collections.synchronizedList(new ArrayList<>());
  private static final AtomicInteger status = new AtomicInteger();
  private static Path directory;
  private static JobsNode jobs;
  private static int port;

  private final UUID user = UUID.randomUUID();

  private record Received(MultiMap headers, String body) {}

  @BeforeAll
  static void start(@TempDir Path data) {
    directory = data;
    jobs = new JobsNode(directory);
    port =
        await(
                jobs.node
                    .vertx()
                    .createHttpServer()
                    .requestHandler(
                        request ->
                            request
                                .body()
                                .onSuccess(
                                    body -> {
                                      received.add(
                                          new Received(request.headers(), body.toString()));
                                      request.response().setStatusCode(status.get()).end();
                                    }))
                    .listen(0, "127.0.0.1"))
            .actualPort();
    jobs.node.settings().withObject("/webhooks").withArray("allow").add("localhost:" + port);
    jobs.deploy();
    jobs.node.deploy(new InferenceCallbacksVerticle());
  }

  @AfterAll
  static void stop() {
    jobs.close();
  }

  @BeforeEach
  void receiveAgain() {
    received.clear();
    status.set(204);
  }

  @Test
  void callback_jobEnded_tellsSignedThatAndNotTheResult() throws Exception {
    TestModel model = new TestModel(jobs.node);
    UUID job = jobs.created(user, calling("http://localhost:" + port + "/done"));
    jobs.deliver(user, job);
    model.next().echo();
    jobs.finish(user, job);

    Event callback = callback();
    assertThat(jobs.deliver(JobEvents.CALLBACKS, callback)).containsExactly(Settled.DONE);

    Received one = received.get(0);
    JsonNode body = Json.MAPPER.readTree(one.body());
    assertThat(body.path("type").asText()).isEqualTo("dev.starling.inference.job.ended");
    assertThat(body.path("data"))
        .hasToString(
            """
            {"id":"%s","state":"succeeded","model":"echo","created_at":"2030-01-01T00:00:00Z",\
            "ended_at":"2030-01-01T00:00:00Z","error":null}"""
                .formatted(job));
    assertThat(one.headers().get("webhook-id")).isEqualTo(callback.id());
    String secret = Files.readString(directory.resolve("webhook-secret")).strip();
    assertThat(one.headers().get("webhook-signature")).isEqualTo("v1," + hmac(secret, one));
  }

  @Test
  void callback_jobIsCancelledTwice_isToldOnce() {
    UUID job = jobs.created(user, calling("http://localhost:" + port + "/"));
    jobs.cancel(user, job);
    jobs.cancel(user, job);

    jobs.deliver(JobEvents.CALLBACKS, callback());

    assertThat(received).hasSize(1);
    assertThat(received.get(0).body()).contains("\"state\":\"cancelled\"");
  }

  @Test
  void callback_receiverFails_isForLaterWithTheSameId() {
    jobs.cancel(user, jobs.created(user, calling("http://localhost:" + port + "/")));
    status.set(503);
    assertThat(verdict()).isEqualTo(Verdict.LATER);

    status.set(200);
    assertThat(verdict()).isEqualTo(Verdict.DONE);
    assertThat(received)
        .extracting(one -> one.headers().get("webhook-id"))
        .containsExactly(callback().id(), callback().id());
  }

  @Test
  void callback_receiverWantsNoMore_isGivenUp() {
    jobs.cancel(user, jobs.created(user, calling("http://localhost:" + port + "/")));
    status.set(410);

    assertThat(verdict()).isEqualTo(Verdict.NEVER);
  }

  @Test
  void callback_nameThatLeadsInside_isNeverSent() {
    jobs.cancel(user, jobs.created(user, calling("https://localhost:" + (port + 1) + "/")));

    assertThat(jobs.deliver(JobEvents.CALLBACKS, callback()))
        .singleElement()
        .satisfies(
            settled -> {
              assertThat(settled.verdict()).isEqualTo(Verdict.NEVER);
              assertThat(settled.reason()).contains("(expected: public addresses)");
            });
    assertThat(received).isEmpty();
  }

  @Test
  void callback_jobWithoutOne_tellsNobody() {
    jobs.cancel(user, jobs.created(user, ECHO));

    assertThat(jobs.events(JobEvents.CALLBACKS, user)).isEmpty();
  }

  private Verdict verdict() {
    return jobs.deliver(JobEvents.CALLBACKS, callback()).get(0).verdict();
  }

  private Event callback() {
    List<Event> callbacks = jobs.events(JobEvents.CALLBACKS, user);
    assertThat(callbacks).hasSize(1);
    return callbacks.get(0);
  }

  private static String calling(String url) {
    return ECHO.replaceFirst("\\{", "{\"callback_url\":\"" + url + "\",");
  }

  /** As a receiver checks it. */
  private static String hmac(String secret, Received one) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
    String signed =
        one.headers().get("webhook-id")
            + "."
            + one.headers().get("webhook-timestamp")
            + "."
            + one.body();
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }
}
