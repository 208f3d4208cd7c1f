package dev.starling.risk;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.Tensor;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.Violation;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestOrders.Order;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances on a real database with all its shards, and the model that ships. */
@Timeout(60)
class RiskVerticleTest {
  private static final Instant AT = Instant.parse("2030-01-01T14:00:00Z");

  private static TestNode node;
  private static Postgres postgres;
  private static OrderRiskModel model;

  private Bus.Registration serving;

  @BeforeAll
  static void start() throws IOException {
    node = new TestNode(Path.of("unused"));
    postgres = TestDatabase.provide(node, RiskVerticleTest.class);
    TestShards.provide(node, postgres, ShardsConfig.defaults());
    node.deploy(new RiskVerticle());
    node.deploy(new RiskVerticle());
    model = new OrderRiskModel(OrderRiskModel.shipped());
  }

  @AfterAll
  static void stop() {
    model.close();
    node.close();
  }

  @BeforeEach
  void serveModel() {
    serve(model);
  }

  @AfterEach
  void closeModel() {
    await(serving.close());
  }

  @Test
  void placed_usualOrder_isOfLowRiskForNoReason() throws IOException {
    Order order = Order.of(40_00, "EUR", "A");

    assertThat(deliver(order.placed(AT))).containsExactly(Settled.DONE);

    JsonNode shown = risk(order);
    assertThat(shown.path("order_id").asText()).isEqualTo(order.id().toString());
    assertThat(shown.path("level").asText()).isEqualTo("low");
    assertThat(shown.path("score").asDouble()).isBetween(0.0, 0.1);
    assertThat(shown.path("reasons")).isEmpty();
    assertThat(shown.path("model_version").asText()).isEqualTo("1");
    assertThat(shown.path("scored_at").asText()).isEqualTo(node.clock().instant().toString());
  }

  @Test
  void placed_aBurstOfOrdersBeyondTheUsual_isOfHighRiskAndSaysWhy() throws IOException {
    UUID user = UUID.randomUUID();
    for (int i = 0; i < 4; i++) {
      deliver(Order.by(user, 20_00, "EUR", "A").placed(AT.minus(Duration.ofDays(30 + i))));
    }
    for (int i = 0; i < 3; i++) {
      deliver(Order.by(user, 20_00, "EUR", "B").placed(AT.minus(Duration.ofMinutes(5 + i))));
    }
    Order order = Order.by(user, 90_00, "EUR", "C");

    deliver(order.placed(AT));

    JsonNode shown = risk(order);
    assertThat(shown.path("level").asText()).isEqualTo("high");
    assertThat(shown.path("reasons").findValuesAsText("feature"))
        .contains("orders_last_hour", "amount_ratio");
    assertThat(features(order))
        .containsExactly(90f, 1f, 2f, 90f, 33f, 7f, 3f, 3f, 4.5f, 0f, 1f, 14f);
  }

  @Test
  void placed_afterOthers_isDescribedByWhatCameBeforeInWhateverOrderItWasTold() {
    UUID user = UUID.randomUUID();
    Order first = Order.by(user, 10_00, "EUR", "A", "B");
    Order cancelled = Order.by(user, 30_00, "EUR", "A");
    Order order = Order.by(user, 40_00, "EUR", "A", "C");
    Order later = Order.by(user, 99_00, "EUR", "C");

    deliver(later.placed(AT.plusSeconds(1)));
    deliver(cancelled.cancelled(AT.minus(Duration.ofHours(2))));
    deliver(cancelled.placed(AT.minus(Duration.ofHours(3))));
    deliver(first.placed(AT.minus(Duration.ofHours(48))));
    deliver(order.placed(AT));

    assertThat(features(order))
        .containsExactly(40f, 2f, 2f, 40f, 2f, 2f, 0f, 1f, 2f, 0.5f, 0.5f, 14f);
  }

  @Test
  void placed_deliveredAgain_keepsItsScore() throws IOException {
    Order order = Order.of(40_00, "EUR", "A");
    deliver(order.placed(AT));
    JsonNode before = risk(order);
    serveInstead((request, context) -> scores(request, 0.9f));

    assertThat(deliver(order.placed(AT))).containsExactly(Settled.DONE);

    assertThat(risk(order)).isEqualTo(before);
  }

  @Test
  void placed_moreThanTheModelTakesAtOnce_areAllScored() throws IOException {
    UUID user = UUID.randomUUID();
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      orders.add(Order.by(TestOrders.neighbourOf(user), 10_00 + i, "EUR", "A"));
    }

    List<Settled> verdicts =
        deliver(orders.stream().map(order -> order.placed(AT)).toArray(Event[]::new));

    assertThat(verdicts).hasSize(45).containsOnly(Settled.DONE);
    for (Order order : orders) {
      assertThat(risk(order).path("level").asText()).isEqualTo("low");
    }
  }

  @Test
  void placed_withoutAModel_waitsAndUsesUpNoAttempt() throws IOException {
    await(serving.close());
    Order order = Order.of(40_00, "EUR", "A");

    assertThatThrownBy(() -> deliver(order.placed(AT)))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThat(refusal(show(order.id(), analyst()))).isEqualTo(Refusal.ABSENT);

    serve(model);
    assertThat(deliver(order.placed(AT))).containsExactly(Settled.DONE);
    assertThat(risk(order).path("level").asText()).isEqualTo("low");
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorCode.class,
      names = {"OVERLOADED", "EXPIRED", "DEADLINE_EXCEEDED", "NODE_LOST"})
  void placed_modelThatCannotAnswerNow_isNoFaultOfTheEvent(ErrorCode code) {
    serveInstead((request, context) -> Future.failedFuture(new BusException(code, "not now")));

    assertThatThrownBy(() -> deliver(Order.of(40_00, "EUR", "A").placed(AT)))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void placed_versionThatIsJustUnloaded_isNoFaultOfTheEvent() {
    serveInstead(
        (request, context) ->
            Future.succeededFuture(new InferenceContract.Refused(Reason.NOT_HERE, "unloaded")));

    assertThatThrownBy(() -> deliver(Order.of(40_00, "EUR", "A").placed(AT)))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, 1.5f, -0.5f})
  void placed_answerThatIsNoProbability_isForLaterAndNoScore(float answer) {
    serveInstead((request, context) -> scores(request, answer));
    Order order = Order.of(40_00, "EUR", "A");

    Settled verdict = deliver(order.placed(AT)).get(0);

    assertThat(verdict)
        .isEqualTo(new Settled(Verdict.LATER, "probability: " + answer + " (expected: 0..1)"));
    assertThat(refusal(show(order.id(), analyst()))).isEqualTo(Refusal.ABSENT);
  }

  @Test
  void placed_modelThatTakesOtherFeatures_isForLaterAndSaysSo() {
    serveInstead(
        (request, context) ->
            Future.succeededFuture(
                new InferenceContract.Refused(Reason.INVALID, "features: [13, 12]")));

    assertThat(deliver(Order.of(40_00, "EUR", "A").placed(AT)))
        .containsExactly(new Settled(Verdict.LATER, "order-risk: features: [13, 12]"));
  }

  @Test
  void placed_dataThatCannotBeUsed_isGivenUpAndTheOthersAreScored() throws IOException {
    Order good = Order.of(40_00, "EUR", "A");
    Order bad = Order.by(TestOrders.neighbourOf(good.user()), 40_00, "EUR", "A");
    Event broken = TestOrders.withData(bad.placed(AT), "{");
    Event euro = TestOrders.withData(bad.placed(AT), bad.placed(AT).data().replace("EUR", "EURO"));

    List<Settled> verdicts = deliver(broken, good.placed(AT), euro);

    assertThat(verdicts)
        .extracting(Settled::verdict)
        .containsExactly(Verdict.NEVER, Verdict.DONE, Verdict.NEVER);
    assertThat(verdicts.get(2).reason())
        .isEqualTo("total.currency: EURO (expected: a currency of ISO 4217)");
    assertThat(risk(good).path("level").asText()).isEqualTo("low");
  }

  @Test
  void placed_batchThatTheDatabaseRefuses_isTriedEventByEvent() throws IOException {
    Order order = Order.of(40_00, "EUR", "A");
    Order other = Order.by(TestOrders.neighbourOf(order.user()), 40_00, "EUR", "A");

    // One statement cannot write a row twice.
    List<Settled> verdicts = deliver(order.placed(AT), other.placed(AT), order.placed(AT));

    assertThat(verdicts).hasSize(3).containsOnly(Settled.DONE);
    assertThat(risk(order).path("level").asText()).isEqualTo("low");
    assertThat(risk(other).path("level").asText()).isEqualTo("low");
  }

  @Test
  void get_databaseThatDoesNotAnswer_isRefusedRatherThanAbsent() {
    sql("ALTER TABLE shard_05.risk_scores RENAME TO elsewhere");
    try {
      assertThat(refusal(show(UUID.randomUUID(), analyst()))).isEqualTo(Refusal.NOT_EXECUTED);
    } finally {
      sql("ALTER TABLE shard_05.elsewhere RENAME TO risk_scores");
    }
    assertThat(refusal(show(UUID.randomUUID(), analyst()))).isEqualTo(Refusal.ABSENT);
  }

  @Test
  void operations_areForAnalysts() {
    assertThat(node.catalog().services().get(0).operations())
        .extracting(operation -> operation.path() + " " + operation.scope())
        .containsExactlyInAnyOrder("/v1/orders/{id}/risk risk:read", "/v1/risk/score risk:read");
  }

  @Test
  void score_orderThatDoesNotExist_isWhatTheModelSays() throws IOException {
    JsonNode usual = json(score(whatIf(40, 0)));
    JsonNode hasty = json(score(whatIf(90, 4)));

    assertThat(usual.path("level").asText()).isEqualTo("low");
    assertThat(usual.has("order_id")).isFalse();
    assertThat(hasty.path("level").asText()).isEqualTo("high");
    assertThat(hasty.path("reasons").path(0).path("feature").asText())
        .isEqualTo("orders_last_hour");
    assertThat(hasty.path("reasons").path(0).path("value").asDouble()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"amount\":40', '\"amount\":-1', /amount",
    "'\"hour_of_day\":14', '\"hour_of_day\":24', /hour_of_day",
    "'\"new_articles\":1', '\"new_articles\":1.1', /new_articles",
    "'\"lines\":1,', '', /lines"
  })
  void score_valueThatNoOrderHas_isInvalid(String valid, String invalid, String pointer) {
    OperationReply reply = score(whatIf(40, 0).replace(valid, invalid));

    assertThat(((Refused) reply).violations())
        .extracting(Violation::pointer)
        .containsExactly(pointer);
  }

  @Test
  void score_withoutAModel_isNotExecuted() {
    await(serving.close());

    assertThat(refusal(score(whatIf(40, 0)))).isEqualTo(Refusal.NOT_EXECUTED);
  }

  @Test
  void scored_orders_areCounted() {
    deliver(Order.of(40_00, "EUR", "A").placed(AT));

    assertThat(node.scope().meters().get("risk.scores").tag("level", "low").summary().count())
        .isPositive();
  }

  private void serve(Bus.Responder<Infer, Inference> responder) {
    serving =
        await(node.onCaller(bus -> bus.serve(InferenceContract.infer("order-risk"), responder)));
  }

  private void serveInstead(Bus.Responder<Infer, Inference> responder) {
    await(serving.close());
    serve(responder);
  }

  /** The same for each row. */
  private static Future<Inference> scores(Infer request, float score) {
    int rows = request.inputs().get(0).shape().get(0).intValue();
    java.nio.ByteBuffer data =
        java.nio.ByteBuffer.allocate(rows * Float.BYTES).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows; i++) {
      data.putFloat(score);
    }
    return Future.succeededFuture(
        new Inferred(
            "2",
            List.of(
                new Tensor("probability", DataType.FP32, List.of((long) rows, 1L), data.array()))));
  }

  private static List<Settled> deliver(Event... events) {
    return node.call(EventContract.deliver("risk"), TestOrders.batch(events), node.anonymous())
        .events();
  }

  private static JsonNode risk(Order order) throws IOException {
    return json(show(order.id(), analyst()));
  }

  private static OperationReply show(UUID order, CallContext caller) {
    return node.operate(
        "risk",
        new OperationRequest(
            "risk.get", List.of(order.toString()), "", List.of(), "192.0.2.1", new byte[0]),
        caller);
  }

  private static OperationReply score(String body) {
    return node.operate(
        "risk",
        new OperationRequest(
            "risk.score",
            List.of(),
            "",
            List.of(new Header("content-type", "application/json")),
            "192.0.2.1",
            body.getBytes(StandardCharsets.UTF_8)),
        analyst());
  }

  private static String whatIf(int amount, int lastHour) {
    return """
        {"amount":%d,"lines":1,"max_quantity":1,"max_price":20,"known_days":30,"earlier_orders":6,\
        "orders_last_hour":%d,"orders_last_day":%d,"amount_ratio":%s,"cancelled_share":0,\
        "new_articles":1,"hour_of_day":14}"""
        .formatted(amount, lastHour, lastHour, amount / 20.0);
  }

  private static CallContext analyst() {
    return node.as("analyst", "risk:read");
  }

  private static Refusal refusal(OperationReply reply) {
    return ((Refused) reply).refusal();
  }

  private static JsonNode json(OperationReply reply) throws IOException {
    assertThat(reply).isInstanceOf(Done.class);
    return Json.MAPPER.readTree(((Done) reply).body());
  }

  private static Float[] features(Order order) {
    return sql("SELECT features FROM %s.risk_scores WHERE order_id = '%s'"
            .formatted(Shards.schema(Shards.of(order.user())), order.id()))
        .iterator()
        .next()
        .getArrayOfFloats(0);
  }

  private static RowSet<Row> sql(String statement) {
    return await(postgres.pool().query(statement).execute());
  }
}
