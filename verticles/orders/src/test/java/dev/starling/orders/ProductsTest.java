package dev.starling.orders;

import static dev.starling.orders.OrdersNode.header;
import static dev.starling.orders.OrdersNode.json;
import static dev.starling.orders.OrdersNode.product;
import static dev.starling.orders.OrdersNode.refused;
import static dev.starling.orders.OrdersNode.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.order.ProductContract.Absent;
import dev.starling.contract.order.ProductContract.Finding;
import dev.starling.contract.order.ProductContract.Found;
import dev.starling.contract.order.ProductContract.ListAfter;
import dev.starling.contract.order.ProductContract.Product;
import dev.starling.contract.service.OperationRecord;
import dev.starling.postgres.shards.Shards;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ProductsTest {
  private OrdersNode orders;

  @BeforeEach
  void start() {
    orders = OrdersNode.running(1);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  @Test
  void create_new_isInEveryShardWithItsStockSpread() {
    OperationReply reply = orders.createProduct(product("A", 1999, "EUR", 100));

    assertThat(((Done) reply).kind()).isEqualTo(Kind.CREATED);
    assertThat(header(reply, "location")).isEqualTo("/v1/products/A");
    assertThat(json(reply))
        .hasToString(
            """
            {"sku":"A","name":"A A","price":{"amount":1999,"currency":"EUR"},"stock":100}""");
    assertThat(json(orders.getProduct("A"))).isEqualTo(json(reply));
    assertThat(orders.sum("count(*)", "products")).isEqualTo(Shards.COUNT);
    assertThat(orders.sum("sum(available)", "stock")).isEqualTo(100);
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      assertThat(
              orders.sql(shard, "SELECT available FROM {shard}.stock").iterator().next().getLong(0))
          .isBetween(3L, 4L);
    }
  }

  @Test
  void create_again_isTheSameOrRefused() {
    orders.stock("A", 100);
    orders.place(orders.user(), "k", OrdersNode.order("A", 10));

    assertThat(orders.createProduct(product("A", 1999, "EUR", 100))).isInstanceOf(Done.class);
    for (String other :
        List.of(
            product("A", 2000, "EUR", 100),
            product("A", 1999, "USD", 100),
            product("A", 1999, "EUR", 99),
            product("A", 1999, "EUR", 100).replace("A A", "B"))) {
      OperationReply reply = orders.createProduct(other);
      assertThat(refused(reply).refusal()).isEqualTo(Refusal.CONFLICT);
      assertThat(type(reply)).isEqualTo("sku-taken");
    }
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(90);
  }

  @Test
  void create_interrupted_isCompletedByAskingAgain() {
    orders.stock("A", 320);
    orders.sql(9, "DELETE FROM {shard}.products");
    orders.sql(9, "DELETE FROM {shard}.stock");
    assertThat(refused(orders.place(orders.userIn(9), "k", OrdersNode.order("A", 1))).refusal())
        .isEqualTo(Refusal.INVALID);

    orders.stock("A", 320);

    assertThat(orders.place(orders.userIn(9), "k", OrdersNode.order("A", 1)))
        .matches(OrdersNode::isPlaced);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(319);
  }

  @Test
  void create_unusable_isRefused() {
    assertThat(refused(orders.createProduct(product("A", -1, "eur", -1))).violations())
        .extracting(Violation::pointer)
        .containsExactly("/price/amount", "/price/currency", "/stock");
    assertThat(refused(orders.createProduct(product("A B", 1, "EUR", 1))).violations())
        .extracting(Violation::pointer)
        .containsExactly("/sku");
  }

  @Test
  void create_new_isToldOnce() {
    orders.stock("A", 320);
    orders.stock("A", 320);
    orders.sql(9, "DELETE FROM {shard}.products");
    orders.sql(9, "DELETE FROM {shard}.stock");
    orders.stock("A", 320);
    orders.createProduct(product("A", 2000, "EUR", 320));

    assertThat(
            orders.sql(0, "SELECT type, aggregate, owner, data FROM {shard}.outbox").stream()
                .map(row -> row.deepToString()))
        .containsExactly(
            """
            [dev.starling.product.listed,product/A,00000000-0000-0000-0000-000000000000,\
            {"sku":"A","name":"A A","price":{"amount":1999,"currency":"EUR"}}]""");
    assertThat(orders.sum("count(*)", "outbox")).isEqualTo(1);
  }

  @Test
  void find_byOtherServices_isWhatWasMade() {
    orders.stock("A", 1);

    assertThat(find("A"))
        .isEqualTo(new Found(new Product("A", "A A", new OrderEvents.Money(1999, "EUR"))));
    assertThat(find("B")).isEqualTo(new Absent());
  }

  @Test
  void list_byOtherServices_goesOnBehindASku() {
    for (String sku : List.of("b", "A", "B", "a")) {
      orders.stock(sku, 1);
    }

    assertThat(list("", 3)).containsExactly("A", "B", "a");
    assertThat(list("a", 3)).containsExactly("b");
    assertThat(list("b", 3)).isEmpty();
    assertThatThrownBy(() -> list("", 0))
        .isInstanceOf(BusException.class)
        .hasMessage("limit: 0 (expected: 1..1000)");
  }

  private Finding find(String sku) {
    return orders.node.call(
        ProductContract.FIND, new ProductContract.Find(sku), orders.node.anonymous());
  }

  private List<String> list(String after, int limit) {
    return orders
        .node
        .call(ProductContract.LIST, new ListAfter(after, limit), orders.node.anonymous())
        .products()
        .stream()
        .map(Product::sku)
        .toList();
  }

  @Test
  void get_unknown_isAbsent() {
    assertThat(refused(orders.getProduct("X")).refusal()).isEqualTo(Refusal.ABSENT);
  }

  @Test
  void service_running_announcesItsRoutes() {
    List<String> routes = new ArrayList<>();
    for (OperationRecord operation : orders.node.catalog().services().get(0).operations()) {
      routes.add(operation.method() + " " + operation.path() + " " + operation.scope());
    }

    assertThat(routes)
        .containsExactlyInAnyOrder(
            "POST /v1/products admin",
            "GET /v1/products/{sku} null",
            "POST /v1/orders null",
            "POST /v1/orders:batch null",
            "GET /v1/orders/{id} null",
            "GET /v1/orders null",
            "POST /v1/orders/{id}/cancel null");
  }
}
