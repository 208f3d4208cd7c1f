package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import dev.starling.sdk.Bound.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The announced schema and the binder must judge alike. */
class SchemasTest {
  enum Color {
    RED,
    @JsonProperty("light-green")
    LIGHT_GREEN
  }

  record Inner(@NotBlank String street, int floor) {}

  record Everything(
      @Size(min = 2, max = 3) String sized,
      @NotBlank @Nullable String present,
      @Pattern(regexp = "[a-z]+|[0-9]") String pattern,
      @NotBlank @Size(max = 4) @Pattern(regexp = "[ a-z]*") String all,
      @Min(1) @Max(9) Integer bounded,
      @Positive Double positive,
      @DecimalMax("1.5") Double most,
      boolean primitive,
      Long big,
      Color color,
      @NotNull @jakarta.validation.Valid Inner inner,
      @jakarta.validation.Valid @Nullable Inner maybe,
      @NotEmpty @Size(max = 2) List<@NotBlank @Size(max = 2) String> texts,
      List<@jakarta.validation.Valid Inner> inners,
      Map<String, @Max(5) Integer> counts,
      @Nullable String note) {}

  private static final List<String> VALUES =
      List.of(
          "''",
          "' '",
          "'\\u00a0'",
          "'a'",
          "'ab'",
          "'abcd'",
          "'ab1'",
          "'AB'",
          "'5'",
          "'a\\n'",
          "'  a '",
          "'😀'",
          "'😀😀😀'",
          "'😀😀😀😀'",
          "'RED'",
          "'LIGHT_GREEN'",
          "'light-green'",
          "0",
          "1",
          "9",
          "10",
          "-1",
          "1.5",
          "1.6",
          "1e2",
          "true",
          "[]",
          "['a']",
          "['abc']",
          "['']",
          "['a','b']",
          "['a','b','c']",
          "[1]",
          "[null]",
          "[{'street':'a','floor':1}]",
          "[{'street':'a'}]",
          "{}",
          "{'street':'a','floor':1}",
          "{'street':' ','floor':1}",
          "{'street':'a','floor':'1'}",
          "{'street':'a','floor':null}",
          "{'street':'a'}",
          "{'street':'a','floor':1,'other':1}",
          "{'a':5}",
          "{'a':6}",
          "{'a':null}");

  private final SchemaBuilder builder = Schemas.ofBodies("test");
  private final JsonNode reference = builder.createSchemaReference(Everything.class);
  private final TinyValidator validator =
      new TinyValidator(builder.collectDefinitions("components/schemas"));

  @Test
  void schema_eachValueOfEachProperty_isJudgedAsTheBinderDoes() {
    List<String> differences = new ArrayList<>();
    int accepted = 0;
    assertThat(judged(good())).isTrue();
    for (String property : properties()) {
      for (String value : VALUES) {
        ObjectNode body = good();
        body.set(property, json(value));
        if (judged(body) != bound(body)) {
          differences.add(property + ": " + value + ", binder: " + bound(body));
        }
        accepted += bound(body) ? 1 : 0;
      }
    }
    assertThat(differences).isEmpty();
    assertThat(accepted).as("of %d", properties().size() * VALUES.size()).isGreaterThan(50);
  }

  @Test
  void schema_propertyLeftOut_isJudgedAsTheBinderDoes() {
    for (String property : properties()) {
      ObjectNode body = good();
      body.remove(property);
      assertThat(judged(body)).as(property).isEqualTo(bound(body));
    }
  }

  @Test
  void schema_nullOfAComponentMarkedNullable_isAllowedByBoth() {
    for (String property : List.of("note", "maybe")) {
      ObjectNode body = good();
      body.putNull(property);
      assertThat(judged(body)).as(property).isTrue();
      assertThat(bound(body)).as(property).isTrue();
    }
  }

  record Flagged(
      @Pattern(regexp = "[a-z]+", flags = Pattern.Flag.CASE_INSENSITIVE) String pattern) {}

  @Test
  void schema_patternWithFlags_isLeftOutRatherThanWrong() {
    SchemaBuilder flagged = Schemas.ofBodies("test");
    flagged.createSchemaReference(Flagged.class);

    assertThat(flagged.collectDefinitions("components/schemas").findValue("pattern").toString())
        .isEqualTo("{\"type\":\"string\"}");
  }

  private static List<String> properties() {
    List<String> names = new ArrayList<>();
    for (var component : Everything.class.getRecordComponents()) {
      names.add(RecordBinder.snakeCase(component.getName()));
    }
    names.add("unknown");
    return names;
  }

  private static ObjectNode good() {
    return (ObjectNode)
        json(
            "{'present':'x','all':'x','primitive':true,'texts':['a'],'inner':{'street':'a','floor':1}}");
  }

  private boolean judged(JsonNode body) {
    return validator.accepts(reference, body);
  }

  private static boolean bound(JsonNode body) {
    return RecordBinder.body(Json.toBytes(body), Everything.class) instanceof Valid;
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
