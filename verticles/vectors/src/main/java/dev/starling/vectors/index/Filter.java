package dev.starling.vectors.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * Which points may be found: for each attribute that it names, one of the values. Immutable.
 *
 * @param json as it crosses the bus; empty when everything may be found
 * @param conditions all must hold; of the terms of each, one
 */
public record Filter(String json, List<List<Term>> conditions) {
  static final int MAX_ATTRIBUTES = 16;
  static final int MAX_VALUES = 64;

  public static final Filter NONE = new Filter("", List.of());

  public Filter {
    conditions = conditions.stream().map(List::copyOf).toList();
  }

  /**
   * Reads a JSON object of attributes and what they must be: a text, a number, a truth value, or a
   * list of which one will do.
   *
   * @param text empty for none
   */
  public static Checked<Filter> parse(String text) {
    if (text.isEmpty()) {
      return new Checked.Valid<>(NONE);
    }
    try {
      return of(Json.MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      return new Checked.Wrong<>("filter: not JSON (expected: an object)");
    }
  }

  public static Checked<Filter> of(Map<String, ?> values) {
    return of(Json.MAPPER.<JsonNode>valueToTree(values));
  }

  private static Checked<Filter> of(JsonNode values) {
    if (!values.isObject() || values.size() > MAX_ATTRIBUTES) {
      return new Checked.Wrong<>(
          "filter: %s of %d (expected: an object of at most %d attributes)"
              .formatted(values.getNodeType(), values.size(), MAX_ATTRIBUTES));
    }
    List<List<Term>> conditions = new ArrayList<>();
    for (Map.Entry<String, JsonNode> attribute : values.properties()) {
      JsonNode wanted = attribute.getValue();
      List<JsonNode> anyOf =
          wanted.isArray()
              ? StreamSupport.stream(wanted.spliterator(), false).toList()
              : List.of(wanted);
      List<Term> terms = new ArrayList<>();
      for (JsonNode value : anyOf) {
        Term term = Term.of(attribute.getKey(), value);
        if (term == null) {
          return wrong(attribute.getKey(), value.getNodeType() + " that nothing is found by");
        }
        terms.add(term);
      }
      if (terms.isEmpty() || terms.size() > MAX_VALUES) {
        return wrong(attribute.getKey(), terms.size() + " values");
      }
      conditions.add(terms);
    }
    return conditions.isEmpty()
        ? new Checked.Valid<>(NONE)
        : new Checked.Valid<>(new Filter(values.toString(), conditions));
  }

  private static Checked<Filter> wrong(String attribute, String what) {
    return new Checked.Wrong<>(
        "filter.%s: %s (expected: a text of at most %d bytes, a number, a boolean, or 1..%d of them in a list)"
            .formatted(attribute, what, Term.MAX_TEXT_BYTES, MAX_VALUES));
  }
}
