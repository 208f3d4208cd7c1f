package dev.starling.notifications;

import static dev.starling.notifications.NotificationsNode.AT;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestOrders.Order;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real receiver, which is an HTTP server on loopback. */
@Timeout(60)
class TexterTest {
  @TempDir Path directory;

  private final List<Received> received = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger status = new AtomicInteger(204);
  private NotificationsNode notifications;
  private int port;

  private record Received(MultiMap headers, String body) {}

  @BeforeEach
  void start() {
    notifications = new NotificationsNode(directory);
    port =
        await(
                notifications
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
                                          new Received(request.headers(), body.toString()));
                                      request.response().setStatusCode(status.get()).end();
                                    }))
                    .listen(0, "127.0.0.1"))
            .actualPort();
    configure("http://localhost:" + port + "/sms");
    notifications
        .node
        .settings()
        .withObject("/webhooks")
        .withArray("allow")
        .add("localhost:" + port);
  }

  @AfterEach
  void stop() {
    notifications.close();
  }

  @Test
  void request_receiverTakesIt_getsTheTextSignedWithTheSecretOfTheDataDirectory() throws Exception {
    deploy();
    Order order = Order.of(1999, "EUR", "A");
    Event placed = order.placed(AT);
    Event request = place(order, placed);

    assertThat(notifications.deliver("texter", request)).containsExactly(Settled.DONE);

    Received one = received.get(0);
    JsonNode body = Json.MAPPER.readTree(one.body());
    assertThat(body.path("type").asText()).isEqualTo("dev.starling.notification.requested");
    assertThat(body.path("data"))
        .hasToString(
            """
            {"notification_id":"%s","user_id":"%s","kind":"order-placed",\
            "text":"Your order %s over 19.99 EUR is confirmed."}"""
                .formatted(placed.id(), order.user(), order.id()));
    assertThat(one.headers().get("webhook-id")).isEqualTo(request.id());
    String secret = Files.readString(directory.resolve("webhook-secret")).strip();
    assertThat(one.headers().get("webhook-signature")).isEqualTo("v1," + hmac(secret, one));
    assertThat(notifications.channel(order.user(), "sms")).isEqualTo("sent");
    assertThat(notifications.channel(order.user(), "email")).isEqualTo("none");
  }

  @Test
  void request_deliveredThrice_isSentOnce() {
    deploy();
    Order order = Order.of(100, "EUR", "A");
    Event request = place(order, order.placed(AT));
    for (int i = 0; i < 3; i++) {
      assertThat(notifications.deliver("texter", request)).containsExactly(Settled.DONE);
    }

    assertThat(received).hasSize(1);
  }

  @Test
  void request_receiverFails_isForLaterWithTheSameId() {
    deploy();
    Order order = Order.of(100, "EUR", "A");
    Event request = place(order, order.placed(AT));
    status.set(500);
    assertThat(verdict(request)).isEqualTo(Verdict.LATER);
    assertThat(notifications.channel(order.user(), "sms")).isEqualTo("requested");

    status.set(200);
    assertThat(verdict(request)).isEqualTo(Verdict.DONE);
    assertThat(received)
        .extracting(each -> each.headers().get("webhook-id"))
        .containsExactly(request.id(), request.id());
  }

  @Test
  void request_receiverWantsNoMore_isGivenUp() {
    deploy();
    Order order = Order.of(100, "EUR", "A");
    status.set(410);

    assertThat(verdict(place(order, order.placed(AT)))).isEqualTo(Verdict.NEVER);
    assertThat(notifications.channel(order.user(), "sms")).isEqualTo("failed");
  }

  @Test
  void deploy_urlThatIsNotAllowed_isRefused() {
    configure("http://sms.example.org/");

    assertThatThrownBy(this::deploy)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("notifications.sms.url: the url is not https");
  }

  private void configure(String url) {
    notifications.node.settings().withObject("/notifications/sms").put("url", url);
  }

  private void deploy() {
    notifications.deploy(new NotificationsVerticle(), new TexterVerticle());
  }

  private Event place(Order order, Event placed) {
    notifications.deliver("notifications", placed);
    return notifications.request("texter", order.user());
  }

  private Verdict verdict(Event request) {
    return notifications.deliver("texter", request).get(0).verdict();
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
