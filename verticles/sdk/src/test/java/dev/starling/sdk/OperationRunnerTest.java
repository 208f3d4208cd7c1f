package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.Principal;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.Violation;
import io.vertx.core.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationRunnerTest {
  record Id(@Pattern(regexp = "[a-z]+") String itemId) {}

  record Page(@Max(10) Integer limit) {}

  record Item(@NotBlank String name) {}

  private static final CallContext CONTEXT =
      SdkNode.caller().withPrincipal(new Principal("ada", Set.of("items")));

  private final List<Object> seen = new ArrayList<>();
  private final Operations on = new Operations("shop");

  OperationRunnerTest() {
    on.put("/v1/items/{item_id}", Item.class, Item.class, this::put)
        .id("shop.put")
        .path(Id.class)
        .query(Page.class)
        .wants("X-Extra");
    on.get("/v1/plain/{first}/{second}", Item.class, this::plain).id("shop.plain");
  }

  @Test
  void run_goodInput_reachesTheHandlerBound() {
    OperationReply reply =
        run(
            new OperationRequest(
                "shop.put",
                List.of("abc"),
                "limit=5",
                List.of(new Header("content-type", "application/json"), new Header("x-extra", "e")),
                "192.0.2.1",
                "{\"name\":\"Ada\"}".getBytes(UTF_8)));

    assertThat(new String(((Done) reply).body(), UTF_8)).isEqualTo("{\"name\":\"Ada\"}");
    assertThat(seen)
        .containsExactly(
            new Id("abc"), "abc", new Page(5), new Item("Ada"), "e", "ada", "192.0.2.1", CONTEXT);
  }

  private Future<Reply<Item>> put(Call call, Item item) {
    seen.add(call.path(Id.class));
    seen.add(call.path("item_id"));
    seen.add(call.query(Page.class));
    seen.add(item);
    seen.add(call.header("X-Extra"));
    seen.add(call.principal().subject());
    seen.add(call.clientAddress());
    seen.add(call.context());
    return Future.succeededFuture(Reply.ok(item));
  }

  private Future<Reply<Item>> plain(Call call) {
    assertThatThrownBy(() -> call.path("third"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("path parameter: third (expected one of: [first, second])");
    assertThatThrownBy(() -> call.path(Id.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the operation declared no record for its path");
    assertThatThrownBy(() -> call.query(Page.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the operation declared no record for its query");
    assertThat(call.header("absent")).isNull();
    return Future.succeededFuture(Reply.ok(new Item(call.path("first") + call.path("second"))));
  }

  @Test
  void run_withoutRecords_givesTheTextOfThePath() {
    assertThat(new String(((Done) run(request("shop.plain", "a", "b"))).body(), UTF_8))
        .isEqualTo("{\"name\":\"ab\"}");
  }

  @Test
  void run_queryNobodyDeclared_isIgnored() {
    assertThat(
            run(
                new OperationRequest(
                    "shop.plain", List.of("a", "b"), "%zz", List.of(), "192.0.2.1", new byte[0])))
        .isInstanceOf(Done.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ABC | limit=5  | application/json | {'name':'a'} | INVALID   | /path/item_id",
        "abc | limit=11 | application/json | {'name':'a'} | INVALID   | /query/limit",
        "abc | other=1  | application/json | {'name':'a'} | INVALID   | /query/other",
        "abc | limit=5  | application/json | {'name':''}  | INVALID   | /name",
        "abc | limit=%  | application/json | {'name':'a'} | MALFORMED |",
        "abc | limit=5  | application/json | {'name':     | MALFORMED |",
        "abc | limit=5  | text/plain       | {'name':'a'} | UNSUPPORTED_MEDIA_TYPE |",
        "abc | limit=5  | application/jsonx | {'name':'a'} | UNSUPPORTED_MEDIA_TYPE |",
        "abc | limit=5  | ''               | {'name':'a'} | UNSUPPORTED_MEDIA_TYPE |",
      })
  void run_badInput_isRefusedBeforeTheHandler(
      String path, String query, String type, String body, Refusal refusal, String pointer) {
    OperationReply reply = run(put(path, query, type, body));

    assertThat(reply).isInstanceOf(Refused.class);
    assertThat(((Refused) reply).refusal()).isEqualTo(refusal);
    assertThat(((Refused) reply).violations())
        .extracting(Violation::pointer)
        .isEqualTo(pointer == null ? List.of() : List.of(pointer));
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    "application/merge-patch+json"
  })
  void run_jsonByAnyName_isTaken(String type) {
    assertThat(run(put("abc", "", type, "{'name':'a'}"))).isInstanceOf(Done.class);
  }

  @Test
  void run_unknownOperation_failsNamingTheKnown() {
    assertInvalidArgument(
        request("shop.nothing"),
        "operation: shop.nothing (expected one of: [shop.put, shop.plain])");
  }

  @Test
  void run_wrongNumberOfPathValues_fails() {
    assertInvalidArgument(request("shop.plain", "a"), "path values: 1 (expected: 2)");
    assertInvalidArgument(request("shop.plain", "a", "b", "c"), "path values: 3 (expected: 2)");
  }

  @Test
  void declare_unservable_isRefusedByName() {
    assertRefused(
        operations -> operations.get("/a", Item.class, this::plain).id("other.get"),
        "operation other.get, id: other.get (expected: to begin with shop.)");
    assertRefused(
        operations -> operations.get("/a", Item.class, this::plain).id("shop.a").open().scope("s"),
        "operation shop.a, open with scope: s (expected: one of the two)");
    assertRefused(
        operations ->
            operations
                .get("/a", Item.class, this::plain)
                .id("shop.a")
                .deadline(Duration.ofNanos(5)),
        "operation shop.a, deadline: PT0.000000005S (expected: PT0.001S..PT24H)");
    assertRefused(
        operations -> operations.get("/a", Item.class, this::plain).id("shop.a").maxBodyBytes(5),
        "operation shop.a, max body bytes: 5 (expected: none, since it takes no body)");
    assertRefused(
        operations ->
            operations.put("/a", Item.class, Item.class, this::put).id("shop.a").maxBodyBytes(0),
        "operation shop.a, max body bytes: 0 (expected: > 0)");
    assertRefused(
        operations ->
            operations.get("/a/{id}", Item.class, this::plain).id("shop.a").path(Id.class),
        "operation shop.a, path of Id: [item_id] (expected: the parameters of /a/{id})");
  }

  @Test
  void declare_sameTwice_isRefused() {
    assertRefused(
        operations -> {
          operations.get("/a", Item.class, this::plain).id("shop.a");
          operations.get("/b", Item.class, this::plain).id("shop.a");
        },
        "operation: shop.a is declared twice (expected: each id once)");
    assertRefused(
        operations -> {
          operations.get("/a/{x}", Item.class, this::plain).id("shop.a");
          operations.get("/a/{y}", Item.class, this::plain).id("shop.b");
        },
        "operation shop.b: GET /a/{y} is that of shop.a (expected: each path and method once)");
  }

  private void assertRefused(Consumer<Operations> declare, String message) {
    Operations operations = new Operations("shop");
    declare.accept(operations);
    assertThatThrownBy(() -> new OperationRunner(operations.declared(), PieceBudget.ofHeap()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private void assertInvalidArgument(OperationRequest request, String message) {
    Future<OperationReply> reply =
        new OperationRunner(on.declared(), PieceBudget.ofHeap()).run(request, CONTEXT);
    assertThat(reply.cause())
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessage(message);
  }

  private OperationReply run(OperationRequest request) {
    return new OperationRunner(on.declared(), PieceBudget.ofHeap()).run(request, CONTEXT).result();
  }

  private static OperationRequest put(String path, String query, String type, String body) {
    return new OperationRequest(
        "shop.put",
        List.of(path),
        query,
        List.of(new Header("content-type", type)),
        "192.0.2.1",
        body.replace('\'', '"').getBytes(UTF_8));
  }

  static OperationRequest request(String operation, String... path) {
    return new OperationRequest(operation, List.of(path), "", List.of(), "192.0.2.1", new byte[0]);
  }
}
