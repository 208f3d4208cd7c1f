package dev.starling.vectors;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Address;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Create;
import dev.starling.contract.vectors.VectorsContract.Delete;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.contract.vectors.VectorsContract.Refused;
import dev.starling.contract.vectors.VectorsContract.Reply;
import dev.starling.contract.vectors.VectorsContract.Search;
import dev.starling.contract.vectors.VectorsContract.Upsert;
import dev.starling.contract.vectors.VectorsContract.Vector;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One node with a real database and a small model. */
@Timeout(60)
class VectorsVerticleTest {
  private static final int MAX_COLLECTIONS = 3;

  private static VectorNodes nodes;
  private static LetterModel model;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start() {
    nodes = new VectorNodes(VectorsVerticleTest.class);
    model = new LetterModel();
    nodes.base().deploy(model);
    nodes.add("{\"text-model\":\"letters\",\"max-collections\":%d}".formatted(MAX_COLLECTIONS));
    UUID somebody = UUID.randomUUID();
    nodes.create(somebody, "warm", 2, "dot");
    nodes.awaitComplete(somebody, "warm");
  }

  @AfterAll
  static void stop() {
    nodes.close();
  }

  @Test
  void create_againWithTheSame_isFine() {
    String body = "{\"dimension\":3,\"metric\":\"cosine\"}";

    assertThat(kind(nodes.operate(user, "create", List.of("c"), body))).isEqualTo(Kind.CREATED);
    assertThat(kind(nodes.operate(user, "create", List.of("c"), body))).isEqualTo(Kind.OK);
    assertThat(nodes.ask(user, "list", List.of(), ""))
        .hasToString("{\"collections\":[{\"name\":\"c\",\"dimension\":3,\"metric\":\"cosine\"}]}");
  }

  @Test
  void create_withAnother_isAConflict() {
    nodes.create(user, "c", 3, "cosine");

    assertThat(
            nodes.refusal(user, "create", List.of("c"), "{\"dimension\":4,\"metric\":\"cosine\"}"))
        .isEqualTo(
            "CONFLICT: c has dimension 3 and metric cosine (expected: the same, or another name)");
  }

  @Test
  void create_moreThanAUserMayHave_isAConflict() {
    for (int i = 0; i < MAX_COLLECTIONS; i++) {
      nodes.create(user, "c" + i, 3, "dot");
    }

    assertThat(nodes.refusal(user, "create", List.of("c9"), "{\"dimension\":3,\"metric\":\"dot\"}"))
        .isEqualTo("CONFLICT: the user has 3 collections (expected: fewer)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c  | {\"dimension\":0,\"metric\":\"dot\"}    | /dimension",
        "c  | {\"dimension\":4097,\"metric\":\"dot\"} | /dimension",
        "c  | {\"dimension\":3,\"metric\":\"near\"}   | /metric",
        "C  | {\"dimension\":3,\"metric\":\"dot\"}    | /path/collection"
      })
  void create_whatCannotBe_saysWhere(String name, String body, String pointer) {
    assertThat(nodes.refusal(user, "create", List.of(name), body))
        .startsWith("INVALID")
        .contains(pointer);
  }

  @Test
  void collection_ofAnother_isAbsent() {
    nodes.create(user, "c", 2, "dot");
    UUID other = UUID.randomUUID();

    for (String operation : List.of("describe", "drop")) {
      assertThat(nodes.refusal(other, operation, List.of("c"), ""))
          .isEqualTo("ABSENT: there is no collection c");
    }
    assertThat(nodes.refusal(other, "store", List.of("c"), points("a", "[1,0]")))
        .startsWith("ABSENT");
    assertThat(nodes.refusal(other, "search", List.of("c"), "{\"vector\":[1,0]}"))
        .startsWith("ABSENT");
  }

  @Test
  void search_afterStoring_findsTheNearestFirst() {
    nodes.create(user, "c", 2, "euclidean");
    nodes.ask(
        user,
        "store",
        List.of("c"),
        "{\"points\":[{\"id\":\"near\",\"vector\":[1,1],\"attributes\":{\"color\":\"red\"}},"
            + "{\"id\":\"far\",\"vector\":[4,5]}]}");

    assertThat(nodes.ask(user, "search", List.of("c"), "{\"vector\":[1,1],\"k\":2}"))
        .hasToString(
            "{\"matches\":[{\"id\":\"near\",\"score\":-0.0,\"attributes\":{\"color\":\"red\"}},"
                + "{\"id\":\"far\",\"score\":-5.0,\"attributes\":{}}],\"partial\":false}");
  }

  @Test
  void search_eachWriteAtOnce_isFound() {
    nodes.create(user, "c", 2, "euclidean");
    for (int i = 0; i < 100; i++) {
      nodes.ask(user, "store", List.of("c"), points("p" + i, "[" + (i + 1) + ",1]"));
      assertThat(found("{\"vector\":[" + (i + 1) + ",1],\"k\":1}")).containsExactly("p" + i);
    }
  }

  @Test
  void search_filtered_findsWhatMeetsIt() {
    nodes.create(user, "c", 2, "dot");
    nodes.ask(
        user,
        "store",
        List.of("c"),
        "{\"points\":[{\"id\":\"a\",\"vector\":[1,1],\"attributes\":{\"n\":1,\"t\":[\"x\"]}},"
            + "{\"id\":\"b\",\"vector\":[2,2],\"attributes\":{\"n\":2,\"t\":[\"x\",\"y\"]}}]}");

    assertThat(found("{\"vector\":[1,1],\"filter\":{\"t\":\"x\"}}")).containsExactly("b", "a");
    assertThat(found("{\"vector\":[1,1],\"filter\":{\"t\":\"x\",\"n\":[1,3]}}"))
        .containsExactly("a");
    assertThat(
            nodes.refusal(user, "search", List.of("c"), "{\"vector\":[1,1],\"filter\":{\"t\":{}}}"))
        .startsWith("INVALID: filter.t: OBJECT that nothing is found by (expected: ");
  }

  @Test
  void delete_point_isNeitherFoundNorShown() {
    nodes.create(user, "c", 2, "dot");
    nodes.ask(user, "store", List.of("c"), points("a/ü", "[1,1]"));
    assertThat(nodes.ask(user, "show", List.of("c", "a/ü"), ""))
        .hasToString("{\"id\":\"a/ü\",\"vector\":[1.0,1.0],\"attributes\":{}}");

    nodes.ask(user, "delete", List.of("c", "a/ü"), "");
    nodes.ask(user, "delete", List.of("c", "a/ü"), "");

    assertThat(found("{\"vector\":[1,1]}")).isEmpty();
    assertThat(nodes.refusal(user, "show", List.of("c", "a/ü"), ""))
        .isEqualTo("ABSENT: there is no such point");
  }

  @Test
  void deleteAll_manyIds_takesThoseThatAreThere() {
    nodes.create(user, "c", 2, "dot");
    nodes.ask(user, "store", List.of("c"), many(0, 200));

    String ids =
        IntStream.range(100, 300).mapToObj(i -> "\"p" + i + "\"").collect(Collectors.joining(","));
    nodes.ask(user, "delete-all", List.of("c"), "{\"ids\":[" + ids + "]}");

    assertThat(nodes.ask(user, "describe", List.of("c"), "").path("points").asInt()).isEqualTo(100);
    assertThat(found("{\"vector\":[1,1],\"k\":1000}")).hasSize(100);
  }

  @Test
  void drop_collection_leavesNothingAndFreesItsName() {
    nodes.create(user, "c", 2, "dot");
    nodes.ask(user, "store", List.of("c"), many(0, 50));

    nodes.ask(user, "drop", List.of("c"), "");
    assertThat(nodes.refusal(user, "search", List.of("c"), "{\"vector\":[1,1]}"))
        .isEqualTo("ABSENT: there is no collection c");
    nodes.create(user, "c", 3, "cosine");

    assertThat(found("{\"vector\":[1,1,1]}")).isEmpty();
  }

  @Test
  void store_whatCannotBe_saysWhichPointAndWhy() {
    nodes.create(user, "c", 2, "cosine");

    assertThat(nodes.refusal(user, "store", List.of("c"), points("a", "[1,1,1]")))
        .isEqualTo(
            "INVALID: points[0].vector: 3 numbers (expected: 2, the collection's dimension)");
    assertThat(nodes.refusal(user, "store", List.of("c"), points("a", "[0,0]")))
        .isEqualTo(
            "INVALID: points[0].vector: only zeros (expected: a direction, since the metric is"
                + " cosine)");
    assertThat(nodes.refusal(user, "store", List.of("c"), points("a", "[1,1e39]")))
        .isEqualTo("INVALID: points[0].vector[1]: Infinity (expected: a finite number of 32 bits)");
    assertThat(nodes.refusal(user, "store", List.of("c"), points("é".repeat(129), "[1,1]")))
        .isEqualTo("INVALID: points[0].id: 258 bytes (expected: 1..256)");
    assertThat(nodes.refusal(user, "store", List.of("c"), "{\"points\":[{\"id\":\"a\"}]}"))
        .isEqualTo("INVALID: points[0].vector, text: neither (expected: one of the two)");
    assertThat(
            nodes.refusal(
                user,
                "store",
                List.of("c"),
                "{\"points\":[{\"id\":\"a\",\"vector\":[1,1]},{\"id\":\"a\",\"vector\":[1,1]}]}"))
        .isEqualTo("INVALID: points[1].id: given twice (expected: once)");
    assertThat(found("{\"vector\":[1,1]}")).isEmpty();
  }

  @Test
  void store_attributesThatAreTooLarge_areRefused() {
    nodes.create(user, "c", 2, "dot");

    assertThat(
            nodes.refusal(
                user,
                "store",
                List.of("c"),
                "{\"points\":[{\"id\":\"a\",\"vector\":[1,1],\"attributes\":{\"t\":\"%s\"}}]}"
                    .formatted("x".repeat(8200))))
        .isEqualTo("INVALID: points[0].attributes: 8208 bytes (expected: at most 8192)");
  }

  @Test
  void search_moreThanAMessageHolds_isRefused() {
    nodes.create(user, "c", 2, "dot");
    for (int i = 0; i < 2; i++) {
      nodes.ask(user, "store", List.of("c"), heavy(i * 50, 50));
    }

    assertThat(nodes.refusal(user, "search", List.of("c"), "{\"vector\":[1,1],\"k\":100}"))
        .startsWith("INVALID: the points that were found have 8")
        .endsWith("(expected: at most 716800; ask for a smaller k)");
  }

  @Test
  void text_ofPointAndQuery_goesThroughTheModel() {
    nodes.create(user, "c", 3, "cosine");
    nodes.ask(
        user,
        "store",
        List.of("c"),
        "{\"points\":[{\"id\":\"mostly-a\",\"text\":\"aab\"},{\"id\":\"given\",\"vector\":[0,0,1]},"
            + "{\"id\":\"mostly-c\",\"text\":\"ccb\"}]}");

    assertThat(found("{\"text\":\"a\",\"k\":1}")).containsExactly("mostly-a");
    assertThat(found("{\"text\":\"c\",\"k\":2}")).containsExactly("given", "mostly-c");
  }

  @Test
  void text_ofManyPoints_goesThroughTheModelInBatches() {
    nodes.create(user, "c", 3, "cosine");
    model.calls.clear();
    String points =
        IntStream.range(0, 70)
            .mapToObj(i -> "{\"id\":\"p" + i + "\",\"text\":\"" + "ab".repeat(i + 1) + "\"}")
            .collect(Collectors.joining(",", "{\"points\":[", "]}"));

    nodes.ask(user, "store", List.of("c"), points);

    assertThat(model.calls).containsExactly(32L, 32L, 6L);
  }

  @Test
  void text_ofAnotherDimension_isRefused() {
    nodes.create(user, "c", 2, "cosine");

    assertThat(nodes.refusal(user, "search", List.of("c"), "{\"text\":\"a\"}"))
        .isEqualTo(
            "INVALID: text: letters makes vectors of 3 numbers (expected: the collection's"
                + " dimension, 2)");
  }

  @Test
  void text_thatTheModelDoesNotTake_isRefused() {
    nodes.create(user, "c", 3, "cosine");

    assertThat(nodes.refusal(user, "search", List.of("c"), "{\"text\":\"x\"}"))
        .isEqualTo("INVALID: text: letters does not take it: no x");
  }

  @Test
  void principal_thatIsNoUser_hasNoCollections() {
    CallContext somebody = nodes.base().as("a-service");
    OperationReply reply =
        nodes
            .base()
            .operate(
                "vectors",
                new OperationRequest(
                    "vectors.list", List.of(), "", List.of(), "192.0.2.1", new byte[0]),
                somebody);

    assertThat(((OperationReply.Refused) reply).refusal())
        .isEqualTo(OperationReply.Refusal.FORBIDDEN);
  }

  @Test
  void service_overTheBus_doesTheSame() {
    String owner = user.toString();
    assertThat(call(VectorsContract.CREATE, new Create(owner, "c", 2, Metric.COSINE)))
        .isEqualTo(new VectorsContract.Done());
    assertThat(call(VectorsContract.CREATE, new Create(owner, "c", 2, Metric.DOT)))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.CONFLICT));
    List<Point> points =
        List.of(
            new Point("a", new Vector(new float[] {2, 0}), ""),
            new Point("b", new Vector(new float[] {0, 3}), "{\"n\":1}"));
    assertThat(call(VectorsContract.UPSERT, new Upsert(owner, "c", points)))
        .isEqualTo(new VectorsContract.Done());
    assertThat(call(VectorsContract.DELETE, new Delete(owner, "c", List.of("a"))))
        .isEqualTo(new VectorsContract.Done());
    Reply reply =
        call(
            VectorsContract.SEARCH,
            new Search(owner, "c", new Vector(new float[] {1, 1}), 5, "{\"n\":1}"));
    assertThat(reply).isInstanceOf(Matches.class);
    assertThat(((Matches) reply).matches()).hasSize(1);
    assertThat(((Matches) reply).matches().get(0).id()).isEqualTo("b");
    assertThat(((Matches) reply).matches().get(0).score()).isEqualTo(Math.sqrt(0.5), within(1e-6));
    assertThat(call(VectorsContract.SEARCH, new Search("x", "c", points.get(0).content(), 5, "")))
        .isEqualTo(new Refused(Reason.INVALID, "owner: x (expected: a UUID)"));
    assertThat(call(VectorsContract.SEARCH, new Search(owner, "d", points.get(0).content(), 5, "")))
        .isEqualTo(new Refused(Reason.ABSENT, "there is no collection d"));
  }

  @Test
  void stores_ofManyClientsAtOnce_areAllFound() {
    nodes.create(user, "c", 2, "dot");
    List<Future<OperationReply>> stores = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      stores.add(nodes.operating(user, "store", List.of("c"), many(i * 50, 100)));
    }
    stores.forEach(store -> assertThat(kind(await(store))).isEqualTo(Kind.OK));

    assertThat(found("{\"vector\":[1,1],\"k\":1000}")).hasSize(1000);
    assertThat(nodes.ask(user, "describe", List.of("c"), "").path("points").asInt())
        .isEqualTo(1050);
  }

  @Test
  void batch_eachLine_isStoredOrRefusedByItself() {
    nodes.create(user, "c", 2, "dot");

    List<StreamMessage> answers =
        nodes.lines(
            user,
            "store-all",
            List.of("c"),
            List.of(
                "{\"id\":\"a\",\"vector\":[1,1]}",
                "{\"id\":\"b\",\"vector\":[1]}",
                "{\"id\":\"c\"}",
                "{\"id\":\"d\",\"vector\":[2,2]}"));

    assertThat(answers)
        .map(answer -> (StreamMessage.Answered) answer)
        .map(answer -> answer.number() + " " + answer.reply().getClass().getSimpleName())
        .containsExactlyInAnyOrder("1 Done", "2 Refused", "3 Refused", "4 Done");
    assertThat(found("{\"vector\":[1,1]}")).containsExactly("d", "a");
  }

  private Reply call(Address<?, Reply> address, Object request) {
    @SuppressWarnings("unchecked") // each test gives an address its own request
    Address<Object, Reply> typed = (Address<Object, Reply>) address;
    return nodes.base().call(typed, request, nodes.base().anonymous());
  }

  private List<String> found(String body) {
    JsonNode answer = nodes.ask(user, "search", List.of("c"), body);
    assertThat(answer.path("partial").asBoolean()).isFalse();
    return answer.path("matches").findValuesAsText("id");
  }

  private static String points(String id, String vector) {
    return "{\"points\":[{\"id\":\"" + id + "\",\"vector\":" + vector + "}]}";
  }

  private static String many(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> "{\"id\":\"p" + i + "\",\"vector\":[1," + i + "]}")
        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
  }

  private static String heavy(int from, int count) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode points = body.putArray("points");
    for (int i = from; i < from + count; i++) {
      ObjectNode point = points.addObject().put("id", "p" + i);
      point.putArray("vector").add(1).add(i);
      point.putObject("attributes").put("t", "x".repeat(8000));
    }
    return body.toString();
  }

  private static Kind kind(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    return ((Done) reply).kind();
  }
}
