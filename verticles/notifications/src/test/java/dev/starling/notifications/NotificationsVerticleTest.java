package dev.starling.notifications;

import static dev.starling.notifications.NotificationsNode.AT;
import static dev.starling.notifications.NotificationsNode.outcome;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.shards.Shards;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestOrders.Order;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two instances, with e-mail and text messages configured but nobody who sends them. */
@Timeout(60)
class NotificationsVerticleTest {
  private static NotificationsNode notifications;

  @BeforeAll
  static void start() {
    notifications = new NotificationsNode(Path.of("unused"));
    notifications.mailTo(2525);
    notifications.node.settings().withObject("/notifications/sms").put("url", "https://sms.test/");
    notifications.deploy(new NotificationsVerticle());
    notifications.deploy(new NotificationsVerticle());
  }

  @AfterAll
  static void stop() {
    notifications.close();
  }

  @Test
  void placed_order_isToldAndRequested() {
    Order order = notifications.orderOf("ada@example.org");
    Event event = order.placed(AT);

    assertThat(deliver(event)).containsExactly(Settled.DONE);

    assertThat(notifications.list(order.user()))
        .hasToString(
            """
            {"notifications":[{"id":"%s","kind":"order-placed",\
            "text":"Your order %s over 19.99 EUR is confirmed.",\
            "channels":{"email":"requested","sms":"requested"},\
            "created_at":"2030-01-01T10:00:00Z","sent_at":null}],"next_cursor":null}"""
                .formatted(event.id(), order.id()));
    for (String consumer : List.of("mailer", "texter")) {
      Event request = notifications.request(consumer, order.user());
      assertThat(request.type()).isEqualTo("dev.starling.notification.requested");
      assertThat(request.data())
          .isEqualTo(
              "{\"notification_id\":\"%s\",\"user_id\":\"%s\"}"
                  .formatted(event.id(), order.user()));
    }
  }

  @Test
  void cancelled_order_isTold() {
    Order order = notifications.orderOf("ada@example.org");
    deliver(order.placed(AT));
    deliver(order.cancelled(AT.plusSeconds(1)));

    assertThat(notifications.list(order.user()).path("notifications").findValuesAsText("kind"))
        .containsExactly("order-cancelled", "order-placed");
  }

  @Test
  void placed_deliveredAtOnceAndAgain_isToldAndRequestedOnce() {
    Order order = notifications.orderOf("ada@example.org");
    Event event = order.placed(AT);
    List<Future<Receipt>> deliveries =
        IntStream.range(0, 12)
            .mapToObj(i -> notifications.delivering("notifications", event))
            .toList();
    deliveries.forEach(delivery -> await(delivery));
    notifications.sql(
        "DELETE FROM %s.inbox WHERE event = '%s'"
            .formatted(Shards.schema(Shards.of(order.user())), event.id()));

    assertThat(deliver(event)).containsExactly(Settled.DONE);

    assertThat(notifications.list(order.user()).path("notifications")).hasSize(1);
    assertThat(notifications.requests("mailer", order.user())).hasSize(1);
    assertThat(notifications.requests("texter", order.user())).hasSize(1);
  }

  @Test
  void placed_dataThatCannotBeUsed_isGivenUpAndTheOthersAreTold() {
    Order good = notifications.orderOf("ada@example.org");
    Order bad = Order.by(TestOrders.neighbourOf(good.user()), 100, "ABC", "A");

    List<Settled> verdicts =
        deliver(
            bad.placed(AT), good.placed(AT), TestOrders.withData(bad.cancelled(AT), "{\"a\":1}"));

    assertThat(verdicts)
        .extracting(Settled::verdict)
        .containsExactly(Verdict.NEVER, Verdict.DONE, Verdict.NEVER);
    assertThat(verdicts.get(0).reason()).startsWith("total.currency: ABC");
    assertThat(verdicts.get(2).reason()).contains("Missing creator property 'order_id'");
    assertThat(notifications.list(bad.user()).path("notifications")).isEmpty();
  }

  @Test
  void list_moreThanAPage_showsAllOnceTheNewestFirst() {
    UUID user = UUID.randomUUID();
    List<String> told = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      Event event = Order.by(user, 100, "EUR", "A").placed(AT.plusSeconds(i / 2));
      deliver(event);
      told.add(event.id());
    }

    List<String> seen = new ArrayList<>();
    JsonNode first = notifications.list(user, "limit=10");
    seen.addAll(first.path("notifications").findValuesAsText("id"));
    JsonNode second = next(user, first);
    seen.addAll(second.path("notifications").findValuesAsText("id"));
    JsonNode third = next(user, second);
    seen.addAll(third.path("notifications").findValuesAsText("id"));

    Collections.reverse(told);
    assertThat(seen).containsExactlyElementsOf(told);
    assertThat(third.path("next_cursor").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"cursor=x, INVALID", "limit=0, INVALID", "limit=101, INVALID", "page=2, INVALID"})
  void list_badQuery_isInvalid(String query, String refusal) {
    UUID user = UUID.randomUUID();

    assertThat(
            outcome(
                notifications.show(user.toString(), query, notifications.node.as(user.toString()))))
        .isEqualTo(refusal);
  }

  @ParameterizedTest
  @CsvSource({"anonymous, UNAUTHENTICATED", "other, FORBIDDEN", "self, OK", "admin, OK"})
  void list_byCaller_isShownOrNot(String caller, String expected) {
    String user = UUID.randomUUID().toString();
    CallContext context =
        switch (caller) {
          case "anonymous" -> notifications.node.anonymous();
          case "self" -> notifications.node.as(user);
          case "admin" -> notifications.node.as("operator", "admin");
          default -> notifications.node.as(UUID.randomUUID().toString());
        };

    assertThat(outcome(notifications.show(user, "", context))).isEqualTo(expected);
  }

  @Test
  void placed_bookedLater_isMeasured() {
    Timer delay =
        notifications
            .node
            .scope()
            .meters()
            .get("events.booked.delay")
            .tag("consumer", "notifications")
            .timer();
    double before = delay.totalTime(TimeUnit.SECONDS);
    Instant now = notifications.node.clock().instant();

    deliver(Order.of(100, "EUR", "A").placed(now.minusSeconds(30)));

    assertThat(delay.totalTime(TimeUnit.SECONDS) - before).isEqualTo(30);
  }

  private static JsonNode next(UUID user, JsonNode page) {
    return notifications.list(user, "limit=10&cursor=" + page.path("next_cursor").asText());
  }

  private static List<Settled> deliver(Event... events) {
    return notifications.deliver("notifications", events);
  }
}
