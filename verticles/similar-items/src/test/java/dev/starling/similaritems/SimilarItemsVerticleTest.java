package dev.starling.similaritems;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.order.OrderEvents.Money;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.order.ProductContract.Absent;
import dev.starling.contract.order.ProductContract.Found;
import dev.starling.contract.order.ProductContract.Product;
import dev.starling.contract.order.ProductContract.Products;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestShards;
import dev.starling.testkit.TestVectors;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With orders that has the products named, and vectors that say how many words names share. */
@Timeout(60)
class SimilarItemsVerticleTest {
  private static final String OWNER = SimilarItemsVerticle.OWNER.toString();

  private final NavigableMap<String, Product> products = new ConcurrentSkipListMap<>();
  private TestNode node;
  private TestVectors vectors;

  @BeforeEach
  void start() {
    node = new TestNode(Path.of("unused"));
    TestShards.provide(node, SimilarItemsVerticleTest.class);
    vectors = new TestVectors(node, TestVectors.words(64));
    node.settings().putObject("similar-items").put("dimension", 64);
    serveOrders();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void similar_products_areThoseWithTheNearestNamesWithoutItself() throws IOException {
    vectors.serve();
    node.deploy(new SimilarItemsVerticle());
    deliver(
        listed("cup-1", "red tea cup"),
        listed("cup-2", "blue tea cup"),
        listed("pot", "tea pot"),
        listed("lamp", "desk lamp"));

    assertThat(json(similar("cup-1", "limit=2")))
        .hasToString(
            """
            {"items":[{"sku":"cup-2","name":"blue tea cup","price":{"amount":1999,\
            "currency":"EUR"},"score":0.6667},{"sku":"pot","name":"tea pot",\
            "price":{"amount":1999,"currency":"EUR"},"score":0.4082}],"partial":false}""");
    assertThat(json(similar("cup-1", "")).path("items")).hasSize(3);
  }

  @Test
  void similar_unknownProduct_isAbsent() {
    vectors.serve();
    node.deploy(new SimilarItemsVerticle());

    assertThat(refusal(similar("nothing", ""))).isEqualTo(Refusal.ABSENT);
  }

  @Test
  void similar_partOfTheProductsIsMissing_saysSo() throws IOException {
    vectors.serve();
    node.deploy(new SimilarItemsVerticle());
    deliver(listed("cup", "tea cup"), listed("pot", "tea pot"));
    vectors.partial(true);

    assertThat(json(similar("cup", "")).path("partial").asBoolean()).isTrue();
  }

  @Test
  void similar_withoutVectors_isNotExecuted() {
    products.put("cup", product("cup", "tea cup"));
    node.deploy(new SimilarItemsVerticle());

    assertThat(refusal(similar("cup", ""))).isEqualTo(Refusal.NOT_EXECUTED);
  }

  @ParameterizedTest
  @CsvSource({"limit=0", "limit=51", "offset=1"})
  void similar_badQuery_isInvalid(String query) {
    node.deploy(new SimilarItemsVerticle());

    assertThat(refusal(similar("cup", query))).isEqualTo(Refusal.INVALID);
  }

  @Test
  void listed_withoutVectors_waitsAndUsesUpNoAttempt() throws IOException {
    node.deploy(new SimilarItemsVerticle());
    Event event = listed("cup", "tea cup");

    assertThatThrownBy(() -> deliver(event))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

    vectors.serve();
    assertThat(deliver(event)).containsExactly(Settled.DONE);
    assertThat(vectors.ids(OWNER, "products")).containsExactly("cup");
  }

  @Test
  void listed_collectionThatSomebodyRemoved_isMadeAgain() {
    vectors.serve();
    node.deploy(new SimilarItemsVerticle());
    deliver(listed("cup", "tea cup"));
    vectors.drop(OWNER, "products");
    Event event = listed("pot", "tea pot");

    assertThatThrownBy(() -> deliver(event)).isInstanceOf(BusException.class);

    assertThat(deliver(event)).containsExactly(Settled.DONE);
  }

  @Test
  void listed_thatVectorsRefuse_isForLaterWithTheReason() {
    vectors.serve();
    node.deploy(new SimilarItemsVerticle());
    deliver(listed("cup", "tea cup"));
    vectors.answer(new VectorsContract.Refused(Reason.INVALID, "text: too strange"));

    assertThat(deliver(listed("pot", "tea pot")))
        .containsExactly(new Settled(Verdict.LATER, "INVALID: text: too strange"));
  }

  @Test
  void listed_dataThatCannotBeUsed_isGivenUpAndTheOthersAreStored() {
    vectors.serve();
    node.deploy(new SimilarItemsVerticle());

    List<Settled> verdicts =
        deliver(
            TestOrders.withData(listed("x", "x"), "{"),
            listed("cup", "tea cup"),
            listed("blank", " "));

    assertThat(verdicts)
        .extracting(Settled::verdict)
        .containsExactly(Verdict.NEVER, Verdict.DONE, Verdict.NEVER);
    assertThat(vectors.ids(OWNER, "products")).containsExactly("cup");
  }

  @Test
  void start_productsThatWereThereBefore_areCaughtUpWith() {
    vectors.serve();
    for (int i = 0; i < 150; i++) {
      products.put("p%03d".formatted(i), product("p%03d".formatted(i), "product " + i));
    }
    String id = node.deploy(new SimilarItemsVerticle());
    stored(150);
    assertThat(vectors.upserted()).hasSize(150).doesNotHaveDuplicates();
    node.undeploy(id);

    products.put("p0505", product("p0505", "new"));
    node.deploy(new SimilarItemsVerticle());

    stored(151);
    assertThat(vectors.upserted()).containsExactly("p0505");
  }

  @Test
  void start_withoutVectors_catchesUpWhenTheyAreThere() {
    products.put("cup", product("cup", "tea cup"));
    node.deploy(new SimilarItemsVerticle());

    vectors.serve();

    stored(1);
  }

  private void serveOrders() {
    await(
        node.onCaller(
            bus ->
                bus.serve(
                    ProductContract.FIND,
                    (ask, call) ->
                        Future.succeededFuture(
                            products.containsKey(ask.sku())
                                ? new Found(products.get(ask.sku()))
                                : new Absent()))));
    await(
        node.onCaller(
            bus ->
                bus.serve(
                    ProductContract.LIST,
                    (ask, call) ->
                        Future.succeededFuture(
                            new Products(
                                products.tailMap(ask.sku(), false).values().stream()
                                    .limit(ask.limit())
                                    .toList())))));
  }

  private void stored(int count) {
    Promise<Void> done = Promise.promise();
    node.vertx()
        .setPeriodic(
            20,
            timer -> {
              if (vectors.ids(OWNER, "products").size() == count && done.tryComplete()) {
                node.vertx().cancelTimer(timer);
              }
            });
    await(done.future());
  }

  private Event listed(String sku, String name) {
    Product product = product(sku, name);
    products.put(sku, product);
    UUID nobody = new UUID(0, 0);
    Instant at = node.clock().instant();
    return new Event(
        TestOrders.eventId(at).toString(),
        "/starling/orders",
        ProductContract.LISTED,
        sku,
        "product/" + sku,
        nobody.toString(),
        at.toString(),
        "",
        """
        {"sku":"%s","name":"%s","price":{"amount":1999,"currency":"EUR"},"colour":"any"}"""
            .formatted(sku, name));
  }

  private List<Settled> deliver(Event... events) {
    return node.call(
            EventContract.deliver("similar-items"),
            new EventBatch(0, List.of(events)),
            node.anonymous())
        .events();
  }

  private OperationReply similar(String sku, String query) {
    return node.operate(
        "similar-items",
        new OperationRequest(
            "similar-items.get", List.of(sku), query, List.of(), "192.0.2.1", new byte[0]),
        node.as("somebody"));
  }

  private static Product product(String sku, String name) {
    return new Product(sku, name, new Money(1999, "EUR"));
  }

  private static Refusal refusal(OperationReply reply) {
    return ((Refused) reply).refusal();
  }

  private static JsonNode json(OperationReply reply) throws IOException {
    assertThat(reply).isInstanceOf(Done.class);
    return Json.MAPPER.readTree(((Done) reply).body());
  }
}
