package dev.starling.orders;

import static dev.starling.orders.OrdersNode.id;
import static dev.starling.orders.OrdersNode.order;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.OperationReply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many who want the same at once. */
@Timeout(300)
class ContentionTest {
  private OrdersNode orders;

  @BeforeEach
  void start() {
    orders = OrdersNode.running(2);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  @Test
  void place_hotArticleFromManyShards_isSoldToTheLastPieceAndNoFurther() {
    int stock = 300;
    orders.stock("HOT", stock);
    List<Future<OperationReply>> attempts = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      attempts.add(orders.placing(orders.as(orders.user()), "k" + i, order("HOT", 1)));
    }

    int placed = 0;
    for (Future<OperationReply> attempt : attempts) {
      OperationReply reply = await(attempt);
      if (OrdersNode.isPlaced(reply)) {
        placed++;
      } else {
        assertThat(OrdersNode.type(reply)).isEqualTo("insufficient-stock");
      }
    }
    assertThat(placed).isEqualTo(stock);
    assertThat(orders.sum("sum(available)", "stock")).isZero();
    assertThat(orders.sum("count(*)", "orders")).isEqualTo(stock);
    assertThat(orders.orderEvents()).isEqualTo(stock);
  }

  @Test
  void place_allOfAnArticleByOneUser_isGatheredInAFewSteps() {
    orders.stock("HOT", 3_200);
    UUID user = orders.user();

    for (int i = 0; i < 32; i++) {
      assertThat(orders.place(user, "k" + i, order("HOT", 100))).matches(OrdersNode::isPlaced);
    }

    assertThat(OrdersNode.type(orders.place(user, "more", order("HOT", 1))))
        .isEqualTo("insufficient-stock");
    assertThat(orders.sum("sum(available)", "stock")).isZero();
    assertThat(orders.sum("sum(given - taken)", "stock")).isZero();
  }

  /** Against a model that knows only sums: what was answered must explain what is there. */
  @Test
  void orders_randomAndConcurrent_addUp() {
    Random random = new Random(11);
    long[] stock = {40, 400, 4_000};
    for (int i = 0; i < stock.length; i++) {
      orders.stock("S" + i, stock[i]);
    }
    List<UUID> users = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      users.add(orders.user());
    }
    Map<String, Integer> sold = new HashMap<>();
    Map<UUID, List<String>> confirmed = new HashMap<>();
    int orderCount = 0;
    for (int round = 0; round < 15; round++) {
      record Attempt(UUID user, int sku, int quantity, Future<OperationReply> reply) {}

      List<Attempt> attempts = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        UUID user = users.get(random.nextInt(users.size()));
        int sku = random.nextInt(stock.length);
        int quantity = 1 + random.nextInt(5);
        attempts.add(
            new Attempt(
                user,
                sku,
                quantity,
                orders.placing(orders.as(user), round + "-" + i, order("S" + sku, quantity))));
      }
      for (Attempt attempt : attempts) {
        OperationReply reply = await(attempt.reply);
        if (OrdersNode.isPlaced(reply)) {
          orderCount++;
          sold.merge("S" + attempt.sku, attempt.quantity, Integer::sum);
          if (random.nextInt(4) == 0) {
            assertThat(orders.cancel(attempt.user, id(reply)))
                .isInstanceOf(OperationReply.Done.class);
            sold.merge("S" + attempt.sku, -attempt.quantity, Integer::sum);
          } else {
            confirmed.computeIfAbsent(attempt.user, u -> new ArrayList<>()).add(id(reply));
          }
        } else {
          assertThat(OrdersNode.type(reply)).isEqualTo("insufficient-stock");
        }
      }
    }
    for (int i = 0; i < stock.length; i++) {
      assertThat(orders.product("S" + i).path("stock").asLong())
          .isEqualTo(stock[i] - sold.getOrDefault("S" + i, 0));
    }
    assertThat(sold.get("S0")).as("the scarce one is sold out, or nearly").isGreaterThan(20);
    assertThat(orders.sum("count(*)", "orders")).isEqualTo(orderCount);
    assertThat(orders.sum("count(*) FILTER (WHERE status = 'confirmed')", "orders"))
        .isEqualTo(confirmed.values().stream().mapToInt(List::size).sum());
    assertThat(orders.orderEvents())
        .isEqualTo(
            orderCount + orders.sum("count(*) FILTER (WHERE status = 'cancelled')", "orders"));
    assertThat(orders.sum("count(*) FILTER (WHERE available < 0)", "stock")).isZero();
  }
}
