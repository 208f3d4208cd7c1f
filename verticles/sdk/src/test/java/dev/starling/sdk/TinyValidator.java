package dev.starling.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Judges values by a JSON Schema (2020-12), as far as {@link Schemas} uses it; a keyword that it
 * does not know fails the test instead of being ignored.
 */
record TinyValidator(JsonNode definitions) {
  private static final Set<String> FORMATS_NOT_JUDGED = Set.of("format");

  boolean accepts(JsonNode schema, JsonNode value) {
    for (Map.Entry<String, JsonNode> rule : schema.properties()) {
      if (!FORMATS_NOT_JUDGED.contains(rule.getKey())
          && !holds(rule.getKey(), rule.getValue(), schema, value)) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(String keyword, JsonNode rule, JsonNode schema, JsonNode value) {
    return switch (keyword) {
      case "$ref" ->
          accepts(definitions.path(rule.asText().replace("#/components/schemas/", "")), value);
      case "anyOf" -> any(rule, value);
      case "type" -> types(rule).stream().anyMatch(type -> isOf(type, value));
      case "enum" -> contains(rule, value);
      case "minLength" -> !value.isTextual() || length(value) >= rule.asInt();
      case "maxLength" -> !value.isTextual() || length(value) <= rule.asInt();
      case "pattern" -> !value.isTextual() || pattern(rule.asText()).matcher(value.asText()).find();
      case "minimum" -> !value.isNumber() || value.asDouble() >= rule.asDouble();
      case "maximum" -> !value.isNumber() || value.asDouble() <= rule.asDouble();
      case "exclusiveMinimum" -> !value.isNumber() || value.asDouble() > rule.asDouble();
      case "exclusiveMaximum" -> !value.isNumber() || value.asDouble() < rule.asDouble();
      case "minItems" -> !value.isArray() || value.size() >= rule.asInt();
      case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
      case "items" -> !value.isArray() || all(rule, value);
      case "required" -> !value.isObject() || types(rule).stream().allMatch(value::has);
      case "properties" -> properties(rule, value);
      case "additionalProperties" -> additional(rule, schema, value);
      default -> throw new AssertionError("a keyword that is not judged: " + keyword);
    };
  }

  private boolean any(JsonNode schemas, JsonNode value) {
    for (JsonNode schema : schemas) {
      if (accepts(schema, value)) {
        return true;
      }
    }
    return false;
  }

  private boolean all(JsonNode schema, JsonNode values) {
    for (JsonNode value : values) {
      if (!accepts(schema, value)) {
        return false;
      }
    }
    return true;
  }

  private boolean properties(JsonNode schemas, JsonNode value) {
    return value.properties().stream()
        .filter(property -> schemas.has(property.getKey()))
        .allMatch(property -> accepts(schemas.get(property.getKey()), property.getValue()));
  }

  private boolean additional(JsonNode rule, JsonNode schema, JsonNode value) {
    return value.properties().stream()
        .filter(property -> !schema.path("properties").has(property.getKey()))
        .allMatch(property -> rule.isObject() && accepts(rule, property.getValue()));
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new AssertionError("a type that is not judged: " + type);
    };
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    for (JsonNode one : list) {
      if (one.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> types(JsonNode rule) {
    Set<String> types = new HashSet<>();
    if (rule.isTextual()) {
      types.add(rule.asText());
    }
    rule.forEach(one -> types.add(one.asText()));
    return types;
  }

  /** In ECMA-262, {@code $} is the very end; in Java it may be before a line's end. */
  private static Pattern pattern(String ecma) {
    return Pattern.compile(ecma.endsWith("$") ? ecma.replaceAll("\\$$", "\\\\z") : ecma);
  }

  private static int length(JsonNode value) {
    return value.asText().codePointCount(0, value.asText().length());
  }
}
