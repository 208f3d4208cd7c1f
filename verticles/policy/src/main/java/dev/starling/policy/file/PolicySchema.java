package dev.starling.policy.file;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.policy.rule.Condition;
import dev.starling.policy.rule.Dependencies;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Patterns;
import dev.starling.policy.rule.Rate;
import dev.starling.policy.rule.SheddingRule;
import dev.starling.policy.rule.Words;
import dev.starling.sdk.Settings;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema (2020-12) of policy files, for editors: keys, types and words. What depends on
 * more than one value, and ranges of numbers, only the node checks.
 */
public final class PolicySchema {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Texts that look like more than their type says, by their keys. */
  private static final Map<String, String> PATTERNS =
      Map.of(
          "name", Patterns.NAME,
          "path", Patterns.PATH,
          "operation", Patterns.OPERATION,
          "service", Patterns.SERVICE,
          "vary", Patterns.VARY);

  private static final Map<String, List<String>> WORDS =
      Map.of("method", Match.METHODS, "dependency", Dependencies.ALL);

  private PolicySchema() {}

  /** The schema, indented, with a line break at its end. */
  public static String text() {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
    try {
      return JSON.writer(printer).writeValueAsString(schema()) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static ObjectNode schema() {
    ObjectNode schema =
        JSON.createObjectNode()
            .put("$schema", "https://json-schema.org/draft/2020-12/schema")
            .put("title", "Starling: traffic policy");
    ObjectNode sections = object(schema);
    for (Section<?> section : Section.ALL) {
      ObjectNode list = nullable(sections.putObject(section.key()), "array");
      list.put("description", section.purpose());
      list.put("maxItems", PolicyReader.MAX_RULES);
      ObjectNode rule = list.putObject("items");
      ObjectNode keys = object(rule);
      properties(keys, section.type(), section.defaults());
      ArrayNode required = rule.putArray("required");
      section.required().forEach(required::add);
    }
    ObjectNode shedding = nullable(sections.putObject(Section.SHEDDING), "object");
    shedding.put("description", "When a node refuses work because of its own state.");
    properties(
        shedding.put("additionalProperties", false).putObject("properties"),
        SheddingRule.class,
        Settings.toTree(SheddingRule.defaults()));
    ObjectNode definitions = schema.putObject("$defs");
    properties(
        object(definitions.putObject("match")), Match.class, Settings.toTree(Match.EVERYTHING));
    rate(definitions.putObject("rate"));
    return schema;
  }

  private static void properties(ObjectNode into, Class<?> type, ObjectNode defaults) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = key(component);
      ObjectNode property = into.putObject(key);
      describe(property, key, component.getGenericType());
      JsonNode byDefault = defaults.path(key);
      if (byDefault.isValueNode() && !byDefault.isNull()) {
        property.set("default", byDefault);
      }
    }
  }

  private static void describe(ObjectNode property, String key, Type type) {
    if (type instanceof ParameterizedType list) {
      ArrayNode forms = property.putArray("anyOf");
      describe(forms.addObject(), key, list.getActualTypeArguments()[0]);
      ObjectNode many = forms.addObject().put("type", "array").put("uniqueItems", true);
      describe(many.putObject("items"), key, list.getActualTypeArguments()[0]);
    } else if (type == Match.class) {
      property.put("$ref", "#/$defs/match");
    } else if (type == Rate.class) {
      property.put("$ref", "#/$defs/rate");
    } else if (type == int.class || type == Long.class) {
      property.put("type", "integer");
    } else if (type == boolean.class) {
      property.put("type", "boolean");
    } else if (type == Duration.class) {
      pattern(property, Patterns.DURATION);
    } else if (type == Condition.class) {
      pattern(property, Condition.SYNTAX);
    } else if (type instanceof Class<?> constants && constants.isEnum()) {
      words(
          property,
          Arrays.stream(constants.getEnumConstants())
              .map(constant -> Words.of((Enum<?>) constant))
              .toList());
    } else if (WORDS.containsKey(key)) {
      words(property, WORDS.get(key));
    } else if (PATTERNS.containsKey(key)) {
      pattern(property, PATTERNS.get(key));
    } else {
      property.put("type", "string").put("minLength", 1).put("maxLength", 256);
    }
  }

  private static void rate(ObjectNode rate) {
    rate.put("type", "object").put("maxProperties", Rate.MAX_WINDOWS);
    rate.putObject("propertyNames")
        .put("pattern", "^(second|minute|hour|day|" + Patterns.DURATION + ")$");
    rate.putObject("additionalProperties")
        .put("type", "integer")
        .put("minimum", 1)
        .put("maximum", Rate.MAX_PERMITS);
  }

  private static ObjectNode object(ObjectNode schema) {
    return schema.put("type", "object").put("additionalProperties", false).putObject("properties");
  }

  /** A section may be left empty. */
  private static ObjectNode nullable(ObjectNode schema, String type) {
    schema.putArray("type").add(type).add("null");
    return schema;
  }

  private static void pattern(ObjectNode property, String regex) {
    property.put("type", "string").put("pattern", "^(?:" + regex + ")$");
  }

  private static void words(ObjectNode property, Collection<String> words) {
    words.forEach(property.putArray("enum")::add);
  }

  private static String key(RecordComponent component) {
    JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
    return named == null
        ? KebabCaseStrategy.INSTANCE.translate(component.getName())
        : named.value();
  }
}
