package dev.starling.recommendations;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestOrders.Order;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two instances over two databases, the upper half of the shards in the second. */
@Timeout(120)
class RecommendationsVerticleTest {
  private static final Instant AT = Instant.parse("2030-01-01T10:00:00Z");
  private static final AtomicLong NANOS = new AtomicLong();

  private static TestNode node;
  private static Postgres north;
  private static Postgres south;

  /** Names the second database. */
  private static final class South {}

  @BeforeAll
  static void start() {
    node = new TestNode(Path.of("unused"));
    south = TestDatabase.provide(node, South.class);
    north = TestDatabase.provide(node, RecommendationsVerticleTest.class);
    ShardDatabaseConfig upper = new ShardDatabaseConfig("south", uri(south), "16-31", List.of());
    TestShards.provide(node, north, new ShardsConfig(List.of(upper)));
    node.settings().withObject("/recommendations").put("database-timeout", "10s");
    node.deploy(new RecommendationsVerticle(NANOS::get));
    node.deploy(new RecommendationsVerticle(NANOS::get));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Every test sees its own orders only, and no answer of another one. */
  @BeforeEach
  void forget() {
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      await(
          database(shard)
              .pool()
              .query(
                  "TRUNCATE %1$s.purchases, %1$s.co_purchases, %1$s.counted_orders"
                      .formatted(Shards.schema(shard)))
              .execute());
    }
    NANOS.addAndGet(Duration.ofHours(1).toNanos());
  }

  @Test
  void recommendations_ordersOfAllShards_areAddedUpWithoutWhatOneHas() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    deliver(Order.by(userIn(3), 100, "EUR", "tea", "milk").placed(AT));
    deliver(Order.by(userIn(8), 100, "EUR", "tea", "milk", "cup").placed(AT));
    deliver(Order.by(userIn(20), 100, "EUR", "tea", "milk", "sugar").placed(AT));
    deliver(Order.by(userIn(31), 100, "EUR", "sugar", "tea").placed(AT));
    deliver(Order.by(userIn(31), 100, "EUR", "nail", "hammer").placed(AT));

    assertThat(recommended(ada))
        .hasToString(
            """
            {"items":[{"sku":"milk","score":3},{"sku":"sugar","score":2},\
            {"sku":"cup","score":1}],"partial":false}""");

    deliver(Order.by(ada, 100, "EUR", "milk").placed(AT));
    NANOS.addAndGet(Duration.ofMinutes(1).toNanos());
    // Now what goes with milk counts too, and milk itself no more.
    assertThat(recommended(ada))
        .hasToString(
            """
            {"items":[{"sku":"sugar","score":3},{"sku":"cup","score":2}],"partial":false}""");
  }

  @Test
  void recommendations_userWithoutOrders_areNone() {
    deliver(Order.of(100, "EUR", "tea", "milk").placed(AT));

    assertThat(recommended(UUID.randomUUID())).hasToString("{\"items\":[],\"partial\":false}");
  }

  @Test
  void cancelled_order_takesItsCountsBackInEitherOrder() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    Order inOrder = Order.by(userIn(4), 100, "EUR", "tea", "milk");
    deliver(inOrder.placed(AT));
    deliver(inOrder.cancelled(AT));
    Order reversed = Order.by(userIn(20), 100, "EUR", "tea", "cup");
    deliver(reversed.cancelled(AT));
    deliver(reversed.placed(AT));
    Order together = Order.by(userIn(21), 100, "EUR", "tea", "sugar");
    deliver(together.placed(AT), together.cancelled(AT));

    assertThat(recommended(ada).path("items")).isEmpty();

    // Who has cancelled does not have it.
    deliver(Order.by(userIn(5), 100, "EUR", "milk", "honey").placed(AT));
    assertThat(recommended(inOrder.user()).path("items")).isEmpty();
  }

  @Test
  void placed_deliveredAtOnceAndAgain_isCountedOnce() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    Order order = Order.by(userIn(4), 100, "EUR", "tea", "milk");
    Event event = order.placed(AT);
    List<Future<Receipt>> deliveries =
        IntStream.range(0, 12).mapToObj(i -> delivering(event)).toList();
    deliveries.forEach(delivery -> await(delivery));
    await(
        north
            .pool()
            .query("DELETE FROM shard_04.inbox WHERE event = '%s'".formatted(event.id()))
            .execute());

    assertThat(deliver(event)).containsExactly(Settled.DONE);
    assertThat(recommended(ada).path("items").findValuesAsText("score")).containsExactly("1");
  }

  @Test
  void placed_sameHotPairFromManyAtOnce_isCountedInFull() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    List<Future<Receipt>> deliveries =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    delivering(
                        Order.by(userIn(i % 4), 100, "EUR", "tea", "milk").placed(AT),
                        Order.by(userIn(i % 4), 100, "EUR", "milk", "tea").placed(AT)))
            .toList();
    deliveries.forEach(delivery -> assertThat(await(delivery).events()).containsOnly(Settled.DONE));

    assertThat(recommended(ada))
        .hasToString("{\"items\":[{\"sku\":\"milk\",\"score\":80}],\"partial\":false}");
  }

  @Test
  void recommendations_asked_areKeptForAMoment() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    deliver(Order.by(userIn(20), 100, "EUR", "tea", "milk").placed(AT));
    JsonNode first = recommended(ada);
    deliver(Order.by(userIn(20), 100, "EUR", "tea", "cup").placed(AT));

    NANOS.addAndGet(Duration.ofSeconds(29).toNanos());
    assertThat(recommended(ada)).isEqualTo(first);
    NANOS.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(recommended(ada).path("items").findValuesAsText("sku"))
        .containsExactly("cup", "milk");
  }

  @Test
  void recommendations_oneDatabaseDoesNotAnswer_areOfTheOthersAndSaySo() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    deliver(Order.by(userIn(4), 100, "EUR", "tea", "milk").placed(AT));
    deliver(Order.by(userIn(20), 100, "EUR", "tea", "cup").placed(AT));
    SqlConnection holder = await(south.connect());
    await(holder.query("BEGIN").execute());
    await(holder.query("SET LOCAL idle_in_transaction_session_timeout = 0").execute());
    await(holder.query("LOCK TABLE shard_20.co_purchases IN ACCESS EXCLUSIVE MODE").execute());

    JsonNode partial = recommended(ada);
    await(holder.query("ROLLBACK").execute());
    await(holder.close());

    assertThat(partial)
        .hasToString("{\"items\":[{\"sku\":\"milk\",\"score\":1}],\"partial\":true}");
    // It was not kept.
    assertThat(recommended(ada))
        .hasToString(
            """
            {"items":[{"sku":"cup","score":1},{"sku":"milk","score":1}],"partial":false}""");
  }

  @Test
  void recommendations_ownShardDoesNotAnswer_areRefused() {
    UUID ada = userIn(20);
    SqlConnection holder = await(south.connect());
    await(holder.query("BEGIN").execute());
    await(holder.query("SET LOCAL idle_in_transaction_session_timeout = 0").execute());
    await(holder.query("LOCK TABLE shard_20.purchases IN ACCESS EXCLUSIVE MODE").execute());

    String outcome = outcome(show(ada.toString(), "", node.as(ada.toString())));
    await(holder.query("ROLLBACK").execute());
    await(holder.close());

    assertThat(outcome).isEqualTo("NOT_EXECUTED");
  }

  @Test
  void placed_dataThatCannotBeUsed_isGivenUpAndTheOthersAreCounted() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    Event bad = Order.by(userIn(4), 100, "EUR", "").placed(AT);
    Event good = Order.by(userIn(4), 100, "EUR", "tea", "milk").placed(AT);

    List<Settled> verdicts =
        deliver(bad, good, TestOrders.withData(Order.by(userIn(4), 1, "EUR").placed(AT), "{}"));

    assertThat(verdicts)
        .extracting(Settled::verdict)
        .containsExactly(Verdict.NEVER, Verdict.DONE, Verdict.NEVER);
    assertThat(verdicts.get(0).reason()).contains("line: 2 of ''");
    assertThat(recommended(ada).path("items").findValuesAsText("sku")).containsExactly("milk");
  }

  @ParameterizedTest
  @CsvSource({"limit=0, INVALID", "limit=51, INVALID", "limit=x, INVALID", "cursor=a, INVALID"})
  void recommendations_badQuery_isInvalid(String query, String refusal) {
    String user = UUID.randomUUID().toString();

    assertThat(outcome(show(user, query, node.as(user)))).isEqualTo(refusal);
  }

  @Test
  void recommendations_withALimit_areTheBest() {
    UUID ada = userIn(3);
    deliver(Order.by(ada, 100, "EUR", "tea").placed(AT));
    deliver(Order.by(userIn(4), 100, "EUR", "tea", "milk").placed(AT));
    deliver(Order.by(userIn(20), 100, "EUR", "tea", "cup", "milk").placed(AT));

    assertThat(json(show(ada.toString(), "limit=1", node.as(ada.toString()))))
        .hasToString("{\"items\":[{\"sku\":\"milk\",\"score\":2}],\"partial\":false}");
  }

  @ParameterizedTest
  @CsvSource({"anonymous, UNAUTHENTICATED", "other, FORBIDDEN", "self, OK", "admin, OK"})
  void recommendations_byCaller_areShownOrNot(String caller, String expected) {
    String user = UUID.randomUUID().toString();
    CallContext context =
        switch (caller) {
          case "anonymous" -> node.anonymous();
          case "self" -> node.as(user);
          case "admin" -> node.as("operator", "admin");
          default -> node.as(UUID.randomUUID().toString());
        };

    assertThat(outcome(show(user, "", context))).isEqualTo(expected);
  }

  private static Postgres database(int shard) {
    return shard < 16 ? north : south;
  }

  private static String uri(Postgres postgres) {
    PostgresEndpoint endpoint = postgres.endpoint();
    return "postgresql://%s:%s@%s:%d/%s"
        .formatted(
            endpoint.user(),
            endpoint.password(),
            endpoint.host(),
            endpoint.port(),
            endpoint.database());
  }

  private static UUID userIn(int shard) {
    UUID user = UUID.randomUUID();
    while (Shards.of(user) != shard) {
      user = UUID.randomUUID();
    }
    return user;
  }

  private static Future<Receipt> delivering(Event... events) {
    return node.onCaller(
        bus ->
            bus.call(
                EventContract.deliver("recommendations"),
                TestOrders.batch(events),
                node.anonymous()));
  }

  private static List<Settled> deliver(Event... events) {
    return await(delivering(events)).events();
  }

  private static JsonNode recommended(UUID user) {
    return json(show(user.toString(), "", node.as(user.toString())));
  }

  private static OperationReply show(String user, String query, CallContext caller) {
    return node.operate(
        "recommendations",
        new OperationRequest(
            "recommendations.list", List.of(user), query, List.of(), "192.0.2.1", new byte[0]),
        caller);
  }

  private static String outcome(OperationReply reply) {
    return reply instanceof Refused refused
        ? refused.refusal().name()
        : ((Done) reply).kind().name();
  }

  private static JsonNode json(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    try {
      return Json.MAPPER.readTree(((Done) reply).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
