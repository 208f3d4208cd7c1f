package dev.starling.orders;

import static dev.starling.orders.OrdersNode.header;
import static dev.starling.orders.OrdersNode.id;
import static dev.starling.orders.OrdersNode.json;
import static dev.starling.orders.OrdersNode.order;
import static dev.starling.orders.OrdersNode.product;
import static dev.starling.orders.OrdersNode.refused;
import static dev.starling.orders.OrdersNode.type;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PlaceOrderTest {
  private OrdersNode orders;
  private UUID user;

  @BeforeEach
  void start() {
    orders = OrdersNode.running(1);
    user = orders.user();
    orders.stock("A", 320);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  @Test
  void place_inStock_isStoredPricedAndTaken() {
    OperationReply reply = orders.place(user, "\"k1\"", order("A", 2));

    assertThat(((Done) reply).kind()).isEqualTo(Kind.CREATED);
    JsonNode order = json(reply);
    assertThat(header(reply, "location")).isEqualTo("/v1/orders/" + id(reply));
    assertThat(header(reply, "idempotency-replayed")).isEqualTo("none");
    assertThat(order.path("user_id").asText()).isEqualTo(user.toString());
    assertThat(order.path("status").asText()).isEqualTo("confirmed");
    assertThat(order.path("total")).hasToString("{\"amount\":3998,\"currency\":\"EUR\"}");
    assertThat(order.path("lines"))
        .hasToString(
            "[{\"sku\":\"A\",\"quantity\":2,\"price\":{\"amount\":1999,\"currency\":\"EUR\"}}]");
    assertThat(order.path("created_at").asText())
        .isEqualTo(orders.node.clock().instant().toString());
    assertThat(order.has("cancelled_at")).isFalse();
    assertThat(json(orders.get(user, id(reply)))).isEqualTo(order);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(318);
  }

  @Test
  void place_committed_tellsTheOutboxOnce() {
    String id = id(orders.place(user, "k1", order("A", 2)));
    orders.place(user, "k1", order("A", 2));

    int shard = Shards.of(user);
    Row event =
        orders
            .sql(shard, "SELECT * FROM {shard}.outbox WHERE aggregate LIKE 'order/%'")
            .iterator()
            .next();
    assertThat(orders.orderEvents()).isOne();
    assertThat(event.getString("type")).isEqualTo("dev.starling.order.placed");
    assertThat(event.getString("aggregate")).isEqualTo("order/" + id);
    assertThat(event.getString("subject")).isEqualTo(id);
    assertThat(event.getUUID("id")).hasToString(id);
    assertThat(event.getUUID("owner")).isEqualTo(user);
    assertThat(event.getString("traceparent")).startsWith("00-");
    assertThat(event.getString("data"))
        .isEqualTo(
            """
            {"order_id":"%s","user_id":"%s","lines":[{"sku":"A","quantity":2,"price":\
            {"amount":1999,"currency":"EUR"}}],"total":{"amount":3998,"currency":"EUR"}}"""
                .formatted(id, user));
  }

  @Test
  void place_sameKeyAndBody_isReplayedAsItWas() {
    OperationReply first = orders.place(user, "\"k1\"", order("A", 2));
    orders.node.clock().advance(Duration.ofMinutes(1));
    orders.cancel(user, id(first));

    OperationReply again =
        orders.place(user, "k1", "{ \"lines\" : [ {\"quantity\":2, \"sku\":\"A\"} ] }");

    assertThat(header(again, "idempotency-replayed")).isEqualTo("true");
    assertThat(((Done) again).kind()).isEqualTo(Kind.CREATED);
    assertThat(header(again, "location")).isEqualTo(header(first, "location"));
    assertThat(((Done) again).body()).isEqualTo(((Done) first).body());
    assertThat(orders.sum("count(*)", "orders")).isOne();
  }

  @Test
  void place_sameKeyOtherBody_isRefused() {
    orders.place(user, "k1", order("A", 2));

    OperationReply again = orders.place(user, "k1", order("A", 3));

    assertThat(refused(again).refusal()).isEqualTo(Refusal.INVALID);
    assertThat(type(again)).isEqualTo("idempotency-key-reused");
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(318);
  }

  @Test
  void place_sameKeyOtherUser_isAnOrderOfItsOwn() {
    UUID other = orders.user();

    assertThat(id(orders.place(user, "k1", order("A", 1))))
        .isNotEqualTo(id(orders.place(other, "k1", order("A", 1))));
  }

  @Test
  void place_sameKeyMeanwhile_isInFlightOrReplayed() {
    List<Future<OperationReply>> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(orders.placing(orders.as(user), "k1", order("A", 1)));
    }
    List<OperationReply> replies = attempts.stream().map(attempt -> await(attempt)).toList();

    assertThat(replies).filteredOn(OrdersNode::isPlaced).isNotEmpty();
    assertThat(replies)
        .filteredOn(reply -> !OrdersNode.isPlaced(reply))
        .isNotEmpty()
        .allSatisfy(
            reply -> {
              assertThat(refused(reply).refusal()).isEqualTo(Refusal.CONFLICT);
              assertThat(type(reply)).isEqualTo("idempotency-key-in-flight");
            });
    assertThat(orders.sum("count(*)", "orders")).isOne();
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(319);
  }

  @Test
  void place_sameKeyOnTwoInstances_isPlacedOnce() {
    orders.deploy(3);
    for (int round = 0; round < 20; round++) {
      String key = "k" + round;
      List<Future<OperationReply>> attempts = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        attempts.add(orders.placing(orders.as(user), key, order("A", 1)));
      }
      List<String> ids =
          attempts.stream()
              .map(attempt -> await(attempt))
              .filter(OrdersNode::isPlaced)
              .map(OrdersNode::id)
              .distinct()
              .toList();
      assertThat(ids).hasSize(1);
    }
    assertThat(orders.sum("count(*)", "orders")).isEqualTo(20);
    assertThat(orders.orderEvents()).isEqualTo(20);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(300);
  }

  @Test
  void place_withoutKey_isMalformed() {
    OperationReply missing =
        await(orders.run("orders.place", List.of(), "", order("A", 1), orders.as(user)));
    OperationReply empty = orders.place(user, "\"\"", order("A", 1));

    assertThat(refused(missing).refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(type(missing)).isEqualTo("idempotency-key-missing");
    assertThat(refused(empty).refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(type(empty)).isEqualTo("idempotency-key-malformed");
  }

  @Test
  void place_moreThanThereIs_isRefusedAndTheKeyMayBeUsedAgain() {
    OperationReply tooMuch = orders.place(user, "k1", order("A", 321));

    assertThat(refused(tooMuch).refusal()).isEqualTo(Refusal.CONFLICT);
    assertThat(type(tooMuch)).isEqualTo("insufficient-stock");
    assertThat(refused(tooMuch).detail()).contains("A");
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(320);
    assertThat(orders.place(user, "k1", order("A", 320))).matches(OrdersNode::isPlaced);
    assertThat(orders.product("A").path("stock").asLong()).isZero();
  }

  @Test
  void place_linesThatCannotBeSold_areNamed() {
    orders.createProduct(product("D", 500, "USD", 10));

    OperationReply unknown = orders.place(user, "k1", order("A", 1, "X", 1, "Y", 1));
    OperationReply mixed = orders.place(user, "k2", order("A", 1, "D", 1));
    OperationReply none = orders.place(user, "k3", "{\"lines\":[]}");

    assertThat(refused(unknown).refusal()).isEqualTo(Refusal.INVALID);
    assertThat(refused(unknown).violations())
        .extracting(Violation::pointer)
        .containsExactly("/lines/1/sku", "/lines/2/sku");
    assertThat(refused(mixed).violations())
        .containsExactly(
            new Violation(
                "/lines/1/sku", "must have a price in EUR as the lines before (it is in USD)"));
    assertThat(refused(none).violations()).extracting(Violation::pointer).containsExactly("/lines");
    assertThat(orders.sum("count(*)", "orders")).isZero();
  }

  @Test
  void place_callerIsNoUser_isForbidden() {
    OperationReply reply = await(orders.placing(orders.node.as("a-service"), "k1", order("A", 1)));

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.FORBIDDEN);
  }

  @Test
  void place_manyAtOnce_eachIsAnsweredForItself() {
    List<Future<OperationReply>> attempts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String body = i % 3 == 0 ? order("X", 1) : order("A", i % 3 == 1 ? 1 : 1000);
      attempts.add(orders.placing(orders.as(user), "k" + i, body));
    }
    for (int i = 0; i < 60; i++) {
      OperationReply reply = await(attempts.get(i));
      switch (i % 3) {
        case 0 -> assertThat(refused(reply).refusal()).isEqualTo(Refusal.INVALID);
        case 1 -> assertThat(reply).matches(OrdersNode::isPlaced);
        default -> assertThat(type(reply)).isEqualTo("insufficient-stock");
      }
    }
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(300);
  }
}
