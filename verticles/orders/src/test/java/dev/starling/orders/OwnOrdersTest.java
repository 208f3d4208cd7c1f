package dev.starling.orders;

import static dev.starling.orders.OrdersNode.id;
import static dev.starling.orders.OrdersNode.json;
import static dev.starling.orders.OrdersNode.order;
import static dev.starling.orders.OrdersNode.refused;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users see of their orders, and cancelling them. */
@Timeout(120)
class OwnOrdersTest {
  private OrdersNode orders;
  private UUID user;

  @BeforeEach
  void start() {
    orders = OrdersNode.running(1);
    user = orders.user();
    orders.stock("A", 320);
    orders.stock("B", 320);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  @Test
  void get_positionThatNoAnswerHad_isRefused() {
    OperationReply reply =
        await(
            orders.run(
                "orders.get",
                List.of(UUID.randomUUID().toString()),
                "",
                "",
                orders.as(user),
                new Header(Position.HEADER, "nonsense")));

    assertThat(refused(reply).refusal()).isEqualTo(Refusal.INVALID);
    assertThat(refused(reply).violations())
        .extracting(Violation::pointer)
        .containsExactly("/header/" + Position.HEADER);
  }

  @Test
  void writes_whereReplicasAreRead_tellWhereTheyWere() {
    try (OrdersNode replicated = new OrdersNode()) {
      replicated.readReplicas().deploy(1).stock("A", 320);
      OperationReply placed = replicated.place(user, "k", order("A", 1));
      OperationReply replayed = replicated.place(user, "k", order("A", 1));
      OperationReply cancelled = replicated.cancel(user, id(placed));

      List<Long> positions =
          Stream.of(placed, replayed, cancelled).map(OwnOrdersTest::position).toList();
      assertThat(positions).isSorted();
      assertThat(positions.get(2)).isGreaterThan(positions.get(0));
    }
  }

  private static long position(OperationReply reply) {
    String text =
        ((Done) reply)
            .headers().stream()
                .filter(header -> header.name().equals(Position.HEADER))
                .map(Header::value)
                .findFirst()
                .orElseThrow();
    return Position.parse(text).lsn();
  }

  @Test
  void get_anothersOrUnknown_isAbsent() {
    String id = id(orders.place(user, "k", order("A", 1)));
    UUID neighbour = orders.userIn(Shards.of(user));

    for (OperationReply reply :
        List.of(
            orders.get(neighbour, id),
            orders.get(user, UUID.randomUUID().toString()),
            orders.cancel(neighbour, id))) {
      assertThat(refused(reply).refusal()).isEqualTo(Refusal.ABSENT);
    }
    assertThat(refused(orders.get(user, "no-id")).violations())
        .containsExactly(new Violation("/path/id", "must be a UUID"));
  }

  @Test
  void list_pages_haveEachOrderOnceNewestFirst() {
    List<String> placed = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      placed.add(id(orders.place(user, "k" + i, order("A", 1))));
      orders.node.clock().advance(Duration.ofMillis(1));
    }
    orders.place(orders.userIn(Shards.of(user)), "k", order("A", 1));
    Collections.reverse(placed);

    List<String> seen = new ArrayList<>();
    String query = "limit=3";
    for (int page = 0; page < 3; page++) {
      JsonNode answer = json(orders.list(user, query));
      answer.path("orders").forEach(one -> seen.add(one.path("id").asText()));
      query = "limit=3&cursor=" + answer.path("next_cursor").asText();
      assertThat(answer.path("next_cursor").isNull()).isEqualTo(page == 2);
      // What is ordered meanwhile is before the place.
      orders.place(user, "later" + page, order("A", 1));
    }

    assertThat(seen).isEqualTo(placed);
  }

  @Test
  void list_cursorOfNobody_isRefused() {
    assertThat(refused(orders.list(user, "cursor=abc")).violations())
        .containsExactly(new Violation("/query/cursor", "must be the next_cursor of an answer"));
    assertThat(json(orders.list(user, "")).path("orders")).isEmpty();
  }

  @Test
  void cancel_confirmed_givesTheStockBackAndTells() {
    String id = id(orders.place(user, "k", order("A", 2, "B", 1, "A", 3)));
    orders.node.clock().advance(Duration.ofSeconds(1));

    JsonNode cancelled = json(orders.cancel(user, id));

    assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
    assertThat(cancelled.path("cancelled_at").asText())
        .isEqualTo(orders.node.clock().instant().toString());
    assertThat(json(orders.get(user, id))).isEqualTo(cancelled);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(320);
    assertThat(orders.product("B").path("stock").asLong()).isEqualTo(320);
    List<String> events = new ArrayList<>();
    for (Row row :
        orders.sql(
            Shards.of(user),
            "SELECT * FROM {shard}.outbox WHERE aggregate LIKE 'order/%' ORDER BY seq")) {
      events.add(row.getString("type") + " " + row.getString("aggregate"));
    }
    assertThat(events)
        .containsExactly(
            "dev.starling.order.placed order/" + id, "dev.starling.order.cancelled order/" + id);
  }

  @Test
  void cancel_manyTimesAtOnce_isDoneOnce() {
    String id = id(orders.place(user, "k", order("A", 5)));
    List<Future<OperationReply>> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(orders.run("orders.cancel", List.of(id), "", "", orders.as(user)));
    }

    assertThat(attempts.stream().map(attempt -> json(await(attempt))).distinct()).hasSize(1);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(320);
    assertThat(orders.orderEvents()).isEqualTo(2);
  }
}
