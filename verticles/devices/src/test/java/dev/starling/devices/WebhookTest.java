package dev.starling.devices;

import static dev.starling.devices.DevicesNode.LAMP;
import static dev.starling.devices.DevicesNode.json;
import static dev.starling.devices.DevicesNode.refused;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.devices.DevicesNode.Listener;
import dev.starling.sdk.Json;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
class WebhookTest {
  private static final List<Received> received = Collections.synchronizedList(new ArrayList<>());
  private static final AtomicInteger status = new AtomicInteger();
  private static DevicesNode devices;
  private static int port;

  private final UUID user = UUID.randomUUID();

  private record Received(String path, MultiMap headers, String body) {}

  @BeforeAll
  static void start(@TempDir Path directory) {
    devices = new DevicesNode(directory);
    port =
        await(
                devices
                    .node
                    .vertx()
                    .createHttpServer()
                    .requestHandler(
                        request ->
                            request
                                .body()
                                .onSuccess(
                                    body -> {
                                      received.add(
                                          new Received(
                                              request.path(), request.headers(), body.toString()));
                                      request.response().setStatusCode(status.get()).end();
                                    }))
                    .listen(0, "127.0.0.1"))
            .actualPort();
    devices.node.settings().withObject("/webhooks").withArray("allow").add("localhost:" + port);
    devices.deploy();
    devices.node.deploy(new DeviceWebhooksVerticle());
  }

  @AfterAll
  static void stop() {
    devices.close();
  }

  @BeforeEach
  void receiveAgain() {
    received.clear();
    status.set(204);
  }

  @Test
  void webhook_command_isSentSignedWithTheDevicesSecret() throws Exception {
    JsonNode device = register("/lamp");
    String secret = device.path("webhook_secret").asText();
    TestCommand command = book();

    assertThat(send()).containsExactly(Settled.DONE);

    Received one = received.get(0);
    assertThat(one.path()).isEqualTo("/lamp");
    JsonNode body = Json.MAPPER.readTree(one.body());
    assertThat(body.path("type").asText()).isEqualTo("dev.starling.device.command");
    assertThat(body.path("data").path("id").asText()).isEqualTo(command.id().toString());
    assertThat(body.path("data").path("arguments")).hasToString("{\"level\":\"40\"}");
    assertThat(one.headers().get("webhook-id")).isEqualTo(command.id().toString());
    assertThat(one.headers().get("webhook-signature")).isEqualTo("v1," + hmac(secret, one));
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("delivered");
  }

  @Test
  void webhook_receiverFails_isSentAgainWithTheSameIdUntilItTakesIt() {
    register("/lamp");
    TestCommand command = book();
    status.set(503);
    assertThat(send().get(0).verdict()).isEqualTo(Verdict.LATER);
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("pending");

    status.set(200);
    assertThat(send()).containsExactly(Settled.DONE);
    assertThat(received)
        .extracting(one -> one.headers().get("webhook-id"))
        .containsExactly(command.id().toString(), command.id().toString());
  }

  @Test
  void webhook_deliveredBefore_isNotSentAgain() {
    register("/lamp");
    book();
    send();

    assertThat(send()).containsExactly(Settled.DONE);
    assertThat(received).hasSize(1);
  }

  @Test
  void webhook_fetchedOverAStreamBefore_isNotSent() {
    register("/lamp");
    TestCommand command = book();
    Listener lamp = devices.listen(user, "lamp");
    assertThat(lamp.next()).isEqualTo(command.id());
    devices.ack(user, "lamp", command.id(), "done");

    assertThat(send()).containsExactly(Settled.DONE);
    assertThat(received).isEmpty();
    devices.remove(user, "lamp");
  }

  @Test
  void webhook_expiredOrSupersededMeanwhile_isNotSent() {
    register("/lamp");
    TestCommand former = book();
    devices.deliver(
        TestCommand.dim(user, "lamp", "60").lasting(devices.node.clock()).replacing(former));
    devices.node.clock().advance(Duration.ofSeconds(60));

    assertThat(send()).containsExactly(Settled.DONE, Settled.DONE);
    assertThat(received).isEmpty();
  }

  @Test
  void webhook_receiverWantsNoMore_commandIsRejectedAndItsUserFindsOutWhy() {
    register("/lamp");
    TestCommand command = book();
    status.set(410);

    assertThat(send()).containsExactly(Settled.DONE);
    assertThat(devices.command(user, "lamp", command.id()).path("reason").asText())
        .isEqualTo("undeliverable");
  }

  @Test
  void webhook_nameThatLeadsInside_isNotTaken() {
    Refused refused =
        refused(devices.put(user, "lamp", calling("https://localhost:" + (port + 1) + "/")));

    assertThat(refused.violations())
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.pointer()).isEqualTo("/webhook");
              assertThat(violation.detail())
                  .startsWith("localhost leads to ")
                  .endsWith("loopback (expected: public addresses)");
            });
    assertThat(refused(devices.run(user, "get", List.of("lamp"), "", "")).refusal())
        .isEqualTo(Refusal.ABSENT);
  }

  @Test
  void webhook_nameThatLeadsInsideSinceItWasTaken_isNeverSent() {
    register("/lamp");
    devices.sql(
        user,
        "UPDATE {shard}.devices SET webhook = 'https://localhost:%d/' WHERE user_id = '%s'"
            .formatted(port + 1, user));
    TestCommand command = book();

    assertThat(send()).containsExactly(Settled.DONE);
    assertThat(devices.command(user, "lamp", command.id()).path("reason").asText())
        .isEqualTo("undeliverable");
    assertThat(received).isEmpty();
  }

  @Test
  void webhook_deviceWithoutOne_isNotCalled() {
    devices.put(user, "lamp", LAMP);
    book();

    assertThat(devices.webhookEvents(user)).isEmpty();
  }

  @Test
  void webhook_registeredLater_getsWhatWaits() {
    devices.put(user, "lamp", LAMP);
    TestCommand command = book();
    register("/late");

    assertThat(send()).containsExactly(Settled.DONE);
    assertThat(received).extracting(Received::path).containsExactly("/late");
    assertThat(devices.state(user, "lamp", command.id())).isEqualTo("delivered");
  }

  @Test
  void secret_isShownWhenItIsMadeAndNotAMinuteLater() {
    String secret = register("/lamp").path("webhook_secret").asText();
    assertThat(secret).startsWith("whsec_");
    assertThat(register("/lamp").path("webhook_secret").asText())
        .as("asked again")
        .isEqualTo(secret);
    assertThat(devices.get(user, "lamp").path("webhook_secret").isNull()).isTrue();
    assertThat(devices.get(user, "lamp").path("webhook").asText()).endsWith("/lamp");

    devices.node.clock().advance(Duration.ofMinutes(1));
    assertThat(register("/lamp").path("webhook_secret").isNull()).isTrue();
    assertThat(register("/other").path("webhook_secret").asText())
        .startsWith("whsec_")
        .isNotEqualTo(secret);
  }

  private JsonNode register(String path) {
    return json(devices.put(user, "lamp", calling("http://localhost:" + port + path)));
  }

  private static String calling(String url) {
    return LAMP.replaceFirst("\\{", "{\"webhook\":\"" + url + "\",");
  }

  private TestCommand book() {
    TestCommand command = TestCommand.dim(user, "lamp", "40").lasting(devices.node.clock());
    assertThat(devices.deliver(command)).isEqualTo(Settled.DONE);
    return command;
  }

  /** Brings what is in the outbox, as a relay does. */
  private List<Settled> send() {
    Event[] events = devices.webhookEvents(user).toArray(Event[]::new);
    assertThat(events).isNotEmpty();
    return devices.deliver("device-webhooks", events);
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
