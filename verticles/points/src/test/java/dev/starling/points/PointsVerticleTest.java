package dev.starling.points;

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
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestOrders.Order;
import dev.starling.testkit.TestShards;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

/** Two instances on a real database with all its shards. */
@Timeout(60)
class PointsVerticleTest {
  private static final Instant AT = Instant.parse("2030-01-01T10:00:00Z");
  private static final Duration STATEMENT_TIMEOUT = Duration.ofMillis(500);

  private static TestNode node;
  private static Postgres postgres;

  @BeforeAll
  static void start() {
    node = new TestNode(Path.of("unused"));
    PostgresConfig bounds = PostgresConfig.defaults();
    postgres =
        TestDatabase.provide(
            node,
            PointsVerticleTest.class,
            new PostgresConfig(
                "",
                bounds.poolSize(),
                bounds.maxWaiting(),
                bounds.connectTimeout(),
                bounds.acquireTimeout(),
                STATEMENT_TIMEOUT,
                0));
    TestShards.provide(node, postgres, ShardsConfig.defaults());
    node.deploy(new PointsVerticle());
    node.deploy(new PointsVerticle());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void placed_order_givesAPointForEachWholeUnit() {
    Order order = Order.of(1999, "EUR", "A", "B");

    assertThat(deliver(order.placed(AT))).containsExactly(Settled.DONE);

    assertThat(points(order.user()))
        .hasToString(
            """
            {"user_id":"%s","balance":19,"entries":[{"order_id":"%s","kind":"order-placed",\
            "points":19,"created_at":"2030-01-01T10:00:00Z"}],"next_cursor":null}"""
                .formatted(order.user(), order.id()));
  }

  @Test
  void points_userWithoutOrders_areNone() {
    UUID user = UUID.randomUUID();

    assertThat(points(user))
        .hasToString(
            "{\"user_id\":\"%s\",\"balance\":0,\"entries\":[],\"next_cursor\":null}"
                .formatted(user));
  }

  @Test
  void placed_deliveredAtOnceAndAgain_isBookedOnce() {
    Order order = Order.of(500, "EUR", "A");
    Event event = order.placed(AT);
    List<Future<Receipt>> deliveries =
        IntStream.range(0, 12).mapToObj(i -> delivering(event)).toList();
    deliveries.forEach(delivery -> await(delivery));

    assertThat(deliver(event)).containsExactly(Settled.DONE);
    assertThat(points(order.user()).path("balance").asLong()).isEqualTo(5);
    assertThat(points(order.user()).path("entries")).hasSize(1);
  }

  @Test
  void placed_sentAgainWhenTheInboxHasForgotten_isBookedOnce() {
    Order order = Order.of(500, "EUR", "A");
    Event event = order.placed(AT);
    deliver(event);
    sql("DELETE FROM %s.inbox WHERE event = '%s'".formatted(schema(order), event.id()));

    assertThat(deliver(event)).containsExactly(Settled.DONE);
    assertThat(points(order.user()).path("balance").asLong()).isEqualTo(5);
  }

  @Test
  void cancelled_order_takesBackWhatItGaveAtTheRateOfItsTime() {
    Order order = Order.of(1000, "EUR", "A");
    deliver(order.placed(AT));
    sql(
        "UPDATE %1$s.points SET points = 7 WHERE user_id = '%2$s'"
            .formatted(schema(order), order.user()));

    assertThat(deliver(order.cancelled(AT.plusSeconds(1)))).containsExactly(Settled.DONE);

    assertThat(points(order.user()).path("entries").path(0).path("points").asLong()).isEqualTo(-7);
  }

  @Test
  void cancelled_andPlaced_addUpToNothingInEitherOrder() {
    Order inOrder = Order.of(1000, "EUR", "A");
    deliver(inOrder.placed(AT), inOrder.cancelled(AT.plusSeconds(1)));
    Order reversed = Order.of(1000, "EUR", "A");
    deliver(reversed.cancelled(AT.plusSeconds(1)));
    deliver(reversed.placed(AT));

    assertThat(points(inOrder.user()).path("balance").asLong()).isZero();
    assertThat(points(inOrder.user()).path("entries").findValuesAsText("points"))
        .containsExactly("-10", "10");
    assertThat(points(reversed.user()).path("balance").asLong()).isZero();
    assertThat(points(reversed.user()).path("entries").findValuesAsText("points"))
        .containsExactly("0", "0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                        | the data of dev.starling.order.placed is unusable: Unexpected",
        "[]                       | the data of dev.starling.order.placed is unusable: Cannot",
        "null                     | the data of dev.starling.order.placed is null",
        "{\"order_id\":\"O\"}     | the data of dev.starling.order.placed is unusable: Cannot",
        "{\"user_id\":\"U\"}      | the data of dev.starling.order.placed is unusable: Cannot",
        "-order_id                | the data of dev.starling.order.placed is unusable: Missing creator property 'order_id'",
        "-user_id                 | the data of dev.starling.order.placed is unusable: Missing creator property 'user_id'",
        "-lines                   | the data of dev.starling.order.placed is unusable: Missing creator property 'lines'",
        "-total                   | the data of dev.starling.order.placed is unusable: Missing creator property 'total'",
        "other user               | the owner is",
        "EURO                     | total.currency: EURO (expected: a currency of ISO 4217)"
      })
  void placed_dataThatCannotBeUsed_isGivenUpAndTheOthersAreBooked(String data, String reason)
      throws IOException {
    Order good = Order.of(100, "EUR", "A");
    Order bad = Order.by(TestOrders.neighbourOf(good.user()), 100, "EUR", "A");
    Event event = bad.placed(AT);
    String written =
        data.startsWith("-")
            ? without(event.data(), data.substring(1))
            : data.equals("other user")
                ? event.data().replace(bad.user().toString(), good.user().toString())
                : data.equals("EURO") ? event.data().replace("EUR", "EURO") : data;

    List<Settled> verdicts = deliver(TestOrders.withData(event, written), good.placed(AT));

    assertThat(verdicts.get(0).verdict()).isEqualTo(Verdict.NEVER);
    assertThat(verdicts.get(0).reason()).startsWith(reason);
    assertThat(verdicts.get(1)).isEqualTo(Settled.DONE);
    assertThat(points(bad.user()).path("balance").asLong()).isZero();
    assertThat(points(good.user()).path("balance").asLong()).isEqualTo(1);
  }

  @Test
  void placed_fromAShardThatIsNotItsOwners_isGivenUp() {
    Order order = Order.of(100, "EUR", "A");
    int other = (Shards.of(order.user()) + 1) % Shards.COUNT;

    Receipt receipt =
        node.call(
            EventContract.deliver("points"),
            new EventContract.EventBatch(other, List.of(order.placed(AT))),
            node.anonymous());

    assertThat(receipt.events().get(0).verdict()).isEqualTo(Verdict.NEVER);
    assertThat(receipt.events().get(0).reason()).startsWith("it came from shard_");
  }

  @Test
  void placed_tableThatIsLocked_isForLaterAndBookedThen() {
    Order order = Order.of(100, "EUR", "A");
    SqlConnection holder = await(postgres.connect());
    await(holder.query("BEGIN").execute());
    await(holder.query("SET LOCAL idle_in_transaction_session_timeout = 0").execute());
    await(
        holder
            .query("LOCK TABLE %s.points IN ACCESS EXCLUSIVE MODE".formatted(schema(order)))
            .execute());

    List<Settled> verdicts = deliver(order.placed(AT));
    await(holder.query("ROLLBACK").execute());
    await(holder.close());

    assertThat(verdicts.get(0).verdict()).isEqualTo(Verdict.LATER);
    assertThat(deliver(order.placed(AT))).containsExactly(Settled.DONE);
    assertThat(points(order.user()).path("balance").asLong()).isEqualTo(1);
  }

  @Test
  void entries_moreThanAPage_areAllShownOnceTheNewestFirst() throws IOException {
    UUID user = UUID.randomUUID();
    List<String> placed = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      Order order = Order.by(user, 100, "EUR", "A");
      // Some share a moment; the event decides then.
      deliver(order.placed(AT.plusSeconds(i / 2)));
      placed.add(order.id().toString());
    }
    List<String> seen = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    String query = "";
    for (int page = 0; page < 3; page++) {
      JsonNode answer = json(show(user.toString(), query, owner(user)));
      answer.path("entries").forEach(entry -> seen.add(entry.path("order_id").asText()));
      answer
          .path("entries")
          .forEach(entry -> times.add(Instant.parse(entry.path("created_at").asText())));
      assertThat(answer.path("balance").asLong()).isEqualTo(45);
      assertThat(answer.path("next_cursor").isNull()).isEqualTo(page == 2);
      query = "cursor=" + answer.path("next_cursor").asText();
    }

    assertThat(seen).containsExactlyInAnyOrderElementsOf(placed);
    assertThat(times).isSortedAccordingTo(java.util.Comparator.reverseOrder());
  }

  @ParameterizedTest
  @CsvSource({
    "cursor=x, INVALID",
    "cursor=, INVALID",
    "limit=0, INVALID",
    "limit=101, INVALID",
    "offset=1, INVALID"
  })
  void points_badQuery_isInvalid(String query, String refusal) {
    UUID user = UUID.randomUUID();

    assertThat(outcome(show(user.toString(), query, owner(user)))).isEqualTo(refusal);
  }

  @ParameterizedTest
  @CsvSource({
    "anonymous, UNAUTHENTICATED",
    "other, FORBIDDEN",
    "self, OK",
    "admin, OK",
  })
  void points_byCaller_areShownOrNot(String caller, String expected) {
    UUID user = UUID.randomUUID();
    CallContext context =
        switch (caller) {
          case "anonymous" -> node.anonymous();
          case "self" -> owner(user);
          case "admin" -> node.as("operator", "admin");
          default -> owner(UUID.randomUUID());
        };

    assertThat(outcome(show(user.toString(), "", context))).isEqualTo(expected);
  }

  @Test
  void placed_bookedLater_isMeasured() {
    Timer delay =
        node.scope().meters().get("events.booked.delay").tag("consumer", "points").timer();
    double before = delay.totalTime(TimeUnit.SECONDS);
    Instant now = node.clock().instant();

    deliver(Order.of(100, "EUR", "A").placed(now.minusSeconds(90)));

    assertThat(delay.totalTime(TimeUnit.SECONDS) - before).isEqualTo(90);
  }

  private static Future<Receipt> delivering(Event... events) {
    return node.onCaller(
        bus ->
            bus.call(EventContract.deliver("points"), TestOrders.batch(events), node.anonymous()));
  }

  private static List<Settled> deliver(Event... events) {
    return await(delivering(events)).events();
  }

  private static JsonNode points(UUID user) {
    try {
      return json(show(user.toString(), "", owner(user)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static OperationReply show(String user, String query, CallContext caller) {
    return node.operate(
        "points",
        new OperationRequest(
            "points.get", List.of(user), query, List.of(), "192.0.2.1", new byte[0]),
        caller);
  }

  private static CallContext owner(UUID user) {
    return node.as(user.toString());
  }

  private static String outcome(OperationReply reply) {
    return reply instanceof Refused refused
        ? refused.refusal().name()
        : ((Done) reply).kind().name();
  }

  private static JsonNode json(OperationReply reply) throws IOException {
    assertThat(reply).isInstanceOf(Done.class);
    return Json.MAPPER.readTree(((Done) reply).body());
  }

  private static String without(String data, String field) throws IOException {
    var fields = (com.fasterxml.jackson.databind.node.ObjectNode) Json.MAPPER.readTree(data);
    fields.remove(field);
    return fields.toString();
  }

  private static String schema(Order order) {
    return Shards.schema(Shards.of(order.user()));
  }

  private static void sql(String statement) {
    await(postgres.pool().query(statement).execute());
  }
}
