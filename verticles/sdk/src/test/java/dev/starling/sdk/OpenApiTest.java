package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Priority;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import io.vertx.core.Future;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  /** Rewritten by a run with {@code -Dgolden.write=true}; a change of it is one of the API. */
  private static final Path GOLDEN = Path.of("src/test/resources/openapi/shop.json");

  enum Format {
    SMALL,
    LARGE
  }

  record Address(
      @NotBlank @Size(max = 80) String street, @Pattern(regexp = "[0-9]{5}") String zip) {}

  record NewOrder(
      @NotEmpty @Size(max = 3) List<@Valid Line> lines,
      @NotNull @Valid Address shipTo,
      @Valid @Nullable Address billTo,
      Map<String, @Max(9) Integer> labels,
      boolean gift) {}

  record Line(@NotNull UUID productId, @Min(1) @Max(99) int quantity, Format size) {}

  record Order(UUID id, Instant createdAt, List<Line> lines, @Nullable String note) {}

  record Page(
      @Min(1) @Max(100) Integer limit, Format size, Format notSize, @Nullable String cursor) {}

  record Id(@Pattern(regexp = "[a-f0-9-]{36}") String orderId) {}

  static Operations shop() {
    Operations on = new Operations("shop");
    on.post("/v1/orders", NewOrder.class, Order.class, (call, body) -> never())
        .id("shop.order")
        .summary("Orders something")
        .scope("orders:write")
        .priority(Priority.CRITICAL)
        .deadline(Duration.ofSeconds(5))
        .maxBodyBytes(10_000)
        .answers(Kind.CREATED)
        .refuses(Refusal.CONFLICT)
        .wants("Idempotency-Key");
    on.get("/v1/orders", Order.class, call -> never()).id("shop.list").query(Page.class).open();
    on.get("/v1/orders/{order_id}", Order.class, call -> never()).id("shop.get").path(Id.class);
    on.delete("/v1/orders/{id}/lines/{line}", Void.class, call -> never())
        .id("shop.delete-line")
        .answers(Kind.NO_CONTENT);
    return on;
  }

  private static <R> Future<Reply<R>> never() {
    return Future.failedFuture("never called");
  }

  @Test
  void describe_exampleService_isAsRecorded() throws IOException {
    ServiceRecord service = OpenApi.describe("shop", "1.2.0", shop().declared());
    ObjectNode shown = Json.MAPPER.createObjectNode();
    service.operations().forEach(o -> shown.set(o.id(), json(o.document())));
    shown.set("schemas", json(service.schemas()));
    String text = shown.toPrettyString() + "\n";

    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, text);
    }

    assertThat(text).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void describe_twice_isTheSameToTheByte() {
    // The hash of the record is what nodes compare.
    assertThat(OpenApi.describe("shop", "1", shop().declared()))
        .isEqualTo(OpenApi.describe("shop", "1", shop().declared()));
  }

  @Test
  void describe_operation_carriesWhatThePoliciesNeed() {
    ServiceRecord service = OpenApi.describe("shop", "1.2.0", shop().declared());

    assertThat(service.name()).isEqualTo("shop");
    assertThat(service.version()).isEqualTo("1.2.0");
    OperationRecord order = service.operations().get(0);
    assertThat(order)
        .isEqualTo(
            new OperationRecord(
                "shop.order",
                "POST",
                "/v1/orders",
                false,
                "orders:write",
                Priority.CRITICAL,
                false,
                5_000,
                10_000,
                List.of("content-type", "idempotency-key"),
                OperationRecord.Interaction.CALL,
                order.document()));
    OperationRecord list = service.operations().get(1);
    assertThat(list.open()).isTrue();
    assertThat(list.safeToRetry()).isTrue();
    assertThat(list.deadlineMillis()).isEqualTo(2_000);
    assertThat(list.maxBodyBytes()).isZero();
  }

  @Test
  void describe_everyReference_resolvesWithinTheServicesOwnSchemas() {
    ServiceRecord service = OpenApi.describe("shop", "1", shop().declared());
    JsonNode schemas = json(service.schemas());
    assertThat(schemas.properties()).allMatch(schema -> schema.getKey().startsWith("shop."));

    ObjectNode all = Json.MAPPER.createObjectNode();
    service.operations().forEach(o -> all.set(o.id(), json(o.document())));
    all.set("schemas", schemas);
    List<String> references = all.findValuesAsText("$ref");
    assertThat(references)
        .contains("#/components/schemas/shop.NewOrder", "#/components/schemas/shop.Order")
        .allSatisfy(
            reference ->
                assertThat(schemas.has(reference.replace("#/components/schemas/", ""))).isTrue());
    assertThat(all.findValues("$defs")).isEmpty();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
