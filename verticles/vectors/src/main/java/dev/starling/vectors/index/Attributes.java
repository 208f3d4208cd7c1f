package dev.starling.vectors.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a point has besides its vector: a JSON object. Immutable.
 *
 * <p>Its texts, numbers and truth values can be filtered by, and those in lists; what is deeper,
 * and texts of more than 256 bytes, is only kept.
 *
 * @param json as it is stored
 * @param terms what it is found by
 */
public record Attributes(String json, List<Term> terms) {
  public static final int MAX_BYTES = 8 * 1024;

  /** What they are found by is kept in memory, at many times the size of its JSON. */
  static final int MAX_TERMS = 64;

  public static final Attributes NONE = new Attributes("{}", List.of());

  public Attributes {
    terms = List.copyOf(terms);
  }

  /**
   * @param text JSON; empty for none
   */
  public static Checked<Attributes> parse(String text) {
    if (text.isEmpty()) {
      return new Checked.Valid<>(NONE);
    }
    try {
      return of(Json.MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      return new Checked.Wrong<>("attributes: not JSON (expected: an object)");
    }
  }

  public static Checked<Attributes> of(Map<String, ?> values) {
    return of(Json.MAPPER.<JsonNode>valueToTree(values));
  }

  private static Checked<Attributes> of(JsonNode values) {
    if (!values.isObject()) {
      return new Checked.Wrong<>("attributes: " + values.getNodeType() + " (expected: an object)");
    }
    String json = values.toString();
    if (!UTF_8.newEncoder().canEncode(json)) {
      return new Checked.Wrong<>("attributes: half of a surrogate pair (expected: Unicode text)");
    }
    int bytes = json.getBytes(UTF_8).length;
    if (bytes > MAX_BYTES) {
      return new Checked.Wrong<>(
          "attributes: " + bytes + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    List<Term> terms = new ArrayList<>();
    for (Map.Entry<String, JsonNode> attribute : values.properties()) {
      add(attribute.getKey(), attribute.getValue(), terms);
      if (attribute.getValue().isArray()) {
        attribute.getValue().forEach(element -> add(attribute.getKey(), element, terms));
      }
    }
    List<Term> distinct = terms.stream().distinct().toList();
    return distinct.size() > MAX_TERMS
        ? new Checked.Wrong<>(
            "attributes: %d values to filter by (expected: at most %d)"
                .formatted(distinct.size(), MAX_TERMS))
        : new Checked.Valid<>(new Attributes(json, distinct));
  }

  private static void add(String field, JsonNode value, List<Term> terms) {
    Term term = Term.of(field, value);
    if (term != null) {
      terms.add(term);
    }
  }
}
