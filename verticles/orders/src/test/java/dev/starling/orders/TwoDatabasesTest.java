package dev.starling.orders;

import static dev.starling.orders.OrdersNode.id;
import static dev.starling.orders.OrdersNode.json;
import static dev.starling.orders.OrdersNode.order;
import static dev.starling.orders.OrdersNode.refused;
import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.order.OrderEvents;
import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Orders on two servers: shards 0 to 15 at home, the others in the south. */
@Timeout(300)
class TwoDatabasesTest {
  private static final int NORTH = 3;
  private static final int SOUTH = 20;
  private static final Duration LIMIT = Duration.ofSeconds(4);

  /** Of the server in the south, which each test starts; what it has stays. */
  @TempDir static Path directory;

  private EmbeddedPostgres southServer;
  private OrdersNode orders;
  private UUID northern;
  private UUID southern;

  @BeforeEach
  void start() {
    southServer = EmbeddedPostgres.start(directory, PostgresConfig.defaults());
    TestNode node = new TestNode(directory);
    Postgres home = TestDatabase.provide(node, TwoDatabasesTest.class, OrdersNode.ROOMY);
    PostgresEndpoint south = southServer.endpoint();
    String uri =
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(
                south.user(), south.password(), south.host(), south.port(), south.database());
    Shards shards =
        await(
            Shards.start(
                node.vertx(),
                home,
                OrdersNode.ROOMY,
                new ShardsConfig(
                    List.of(new ShardDatabaseConfig("south", uri, "16-31", List.of())))));
    node.onClose(shards::close);
    node.scope().provide(Shards.class, shards);
    orders = new OrdersNode(node, home, shards).deploy(1);
    northern = orders.userIn(NORTH);
    southern = orders.userIn(SOUTH);
  }

  @AfterEach
  void stop() {
    orders.close();
    southServer.close();
  }

  @Test
  void place_stockIsInTheOtherDatabase_waitsForItsTransfer() {
    orders.stock("A", 320);

    // At home there are 160.
    Future<OperationReply> placing = orders.placing(orders.as(northern), "k", order("A", 200));
    List<Event> transfers = awaitTransfers(1);

    assertThat(placing.isComplete()).isFalse();
    assertThat(orders.product("A").path("stock").asLong()).as("under way").isEqualTo(320);
    assertThat(orders.sum("sum(available)", "stock")).isLessThan(320);

    // At least once means: perhaps more than once.
    assertThat(deliver(transfers)).containsOnly(Settled.DONE);
    assertThat(deliver(transfers)).containsOnly(Settled.DONE);

    assertThat(await(placing)).matches(OrdersNode::isPlaced);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(120);
    assertThat(orders.sum("sum(available)", "stock")).isEqualTo(120);
    assertThat(orders.sum("sum(given - taken)", "stock")).isZero();
  }

  @Test
  void place_transferDoesNotArrive_isNotExecutedAndWorksLater() {
    orders.stock("A", 320);

    OperationReply waited = await(orders.placing(shortly(northern), "k", order("A", 200)));

    assertThat(refused(waited).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
    List<Event> transfers = awaitTransfers(1);
    assertThat(orders.sum("count(*)", "orders")).isZero();
    deliver(transfers);
    assertThat(orders.place(northern, "k", order("A", 200))).matches(OrdersNode::isPlaced);
  }

  @Test
  void place_moreThanBothHave_isInsufficientAndMovesNothing() {
    orders.stock("A", 320);

    assertThat(OrdersNode.type(orders.place(northern, "k", order("A", 321))))
        .isEqualTo("insufficient-stock");
    assertThat(transfers()).isEmpty();
    assertThat(orders.sum("sum(available)", "stock")).isEqualTo(320);
  }

  @Test
  void deliver_whatIsNoTransfer_isNeverAndAnUnknownArticleLater() {
    Event odd = event("{\"sku\":\"A\"}", OrderEvents.PLACED);
    Event broken = event("{\"sku\":\"A\",\"quantity\":-1,\"to_shard\":3}", Transfers.TYPE);
    Event early = event("{\"sku\":\"A\",\"quantity\":1,\"to_shard\":3}", Transfers.TYPE);

    assertThat(deliver(List.of(odd, broken, early)))
        .extracting(Settled::verdict)
        .containsExactly(Verdict.NEVER, Verdict.NEVER, Verdict.LATER);

    orders.stock("A", 32);
    assertThat(deliver(List.of(early))).containsExactly(Settled.DONE);
  }

  @Test
  void databaseDown_theOtherHalf_isFullyServed() {
    orders.stock("A", 320);
    String southernId = id(orders.place(southern, "k1", order("A", 1)));

    southServer.close();

    for (int i = 0; i < 20; i++) {
      OperationReply placed = orders.place(northern, "k" + i, order("A", 2));
      assertThat(placed).matches(OrdersNode::isPlaced);
      assertThat(orders.get(northern, id(placed))).isInstanceOf(Done.class);
      assertThat(json(orders.cancel(northern, id(placed))).path("status").asText())
          .isEqualTo("cancelled");
    }
    assertThat(json(orders.list(northern, "limit=100")).path("orders")).hasSize(20);
    // All that this half has, gathered from its shards; then there is no more within reach.
    assertThat(orders.place(northern, "all", order("A", 160))).matches(OrdersNode::isPlaced);
    assertThat(OrdersNode.type(orders.place(northern, "more", order("A", 1))))
        .isEqualTo("insufficient-stock");
    JsonNode product = orders.product("A");
    assertThat(product.path("stock").asLong()).isZero();
    assertThat(product.path("stock_is_partial").asBoolean()).isTrue();

    assertThat(refused(orders.get(southern, southernId)).refusal()).isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(refused(await(orders.placing(shortly(southern), "k2", order("A", 1)))).refusal())
        .isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(orders.createProduct(OrdersNode.product("B", 1, "EUR", 32)))
        .satisfies(
            reply -> assertThat(refused(reply).refusal()).isEqualTo(Refusal.UNKNOWN_OUTCOME));
  }

  private CallContext shortly(UUID user) {
    return orders.as(user).withDeadline(System.nanoTime() + LIMIT.toNanos());
  }

  private List<Event> awaitTransfers(int count) {
    List<Event> found = transfers();
    while (found.size() < count) {
      found = transfers();
    }
    return found;
  }

  /** What the relay would deliver from the south. */
  private List<Event> transfers() {
    List<Event> events = new ArrayList<>();
    for (int shard = 16; shard < Shards.COUNT; shard++) {
      for (Row row :
          orders.sql(shard, "SELECT * FROM {shard}.outbox WHERE type = '" + Transfers.TYPE + "'")) {
        events.add(
            new Event(
                row.getUUID("id").toString(),
                row.getString("source"),
                row.getString("type"),
                row.getString("subject"),
                row.getString("aggregate"),
                row.getUUID("owner").toString(),
                row.getOffsetDateTime("time").toInstant().toString(),
                "",
                row.getString("data")));
      }
    }
    return events;
  }

  private List<Settled> deliver(List<Event> events) {
    return orders
        .node
        .call(EventContract.deliver("orders"), new EventBatch(16, events), orders.node.anonymous())
        .events();
  }

  private static Event event(String data, String type) {
    String id = UUID.randomUUID().toString();
    return new Event(
        id,
        "/starling/orders",
        type,
        "A",
        "stock/" + id,
        new UUID(0, 0).toString(),
        "2030-01-01T00:00:00Z",
        "",
        data);
  }
}
