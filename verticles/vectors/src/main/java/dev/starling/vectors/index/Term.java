package dev.starling.vectors.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A value of an attribute that points can be found by.
 *
 * @param value text, a {@code Boolean}, or a number: a {@code Long} if it is one, else a {@code
 *     Double}, so that 1 and 1.0 are the same
 */
public record Term(String field, Object value) {
  static final int MAX_TEXT_BYTES = 256;

  /** Up to here every whole number has a double of its own. */
  private static final double WHOLE_DOUBLES = 1L << 53;

  /** The term of a value; null when nothing is found by such values. */
  static @Nullable Term of(String field, JsonNode value) {
    if (value.isTextual()) {
      String text = value.textValue();
      return text.getBytes(UTF_8).length <= MAX_TEXT_BYTES ? new Term(field, text) : null;
    }
    if (value.isBoolean()) {
      return new Term(field, value.booleanValue());
    }
    return value.isNumber() ? new Term(field, number(value)) : null;
  }

  private static Object number(JsonNode value) {
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    double number = value.doubleValue();
    boolean whole = number == Math.rint(number) && Math.abs(number) <= WHOLE_DOUBLES;
    return whole ? (Object) (long) number : (Object) number;
  }
}
