package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.starling.contract.operation.Violation;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Explains in the API's words what Jackson found wrong with input. */
final class Mismatch {
  static final String NOT_UTF8 = "not UTF-8 text";
  private static final String BOUNDS =
      "too large a part (expected: nesting <= %d, text <= %d, name <= %d, number <= %d characters)"
          .formatted(
              Json.MAX_DEPTH, Json.MAX_STRING_LENGTH, Json.MAX_NAME_LENGTH, Json.MAX_NUMBER_LENGTH);
  private static final Set<Class<?>> INTEGERS =
      Set.of(
          int.class,
          Integer.class,
          long.class,
          Long.class,
          short.class,
          Short.class,
          byte.class,
          Byte.class,
          BigInteger.class);

  private Mismatch() {}

  static <T> Bound<T> explain(String prefix, JsonMappingException e) {
    if (e.getCause() instanceof JsonProcessingException cause
        && !(cause instanceof JsonMappingException)
        && !(cause instanceof InputCoercionException)) {
      return unreadable(cause);
    }
    String pointer = prefix + pointer(e.getPath());
    return Bound.Wrong.invalid(List.of(new Violation(pointer, expectation(e))));
  }

  static <T> Bound<T> unreadable(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return Bound.Wrong.malformed(BOUNDS);
    }
    return Bound.Wrong.malformed(
        "not JSON at line %d, column %d: %s"
            .formatted(
                e.getLocation().getLineNr(), e.getLocation().getColumnNr(), firstSentence(e)));
  }

  private static String expectation(JsonMappingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "is not a known property (expected one of: "
          + String.join(", ", new TreeSet<>(names(unknown)))
          + ")";
    }
    if (e instanceof InvalidNullException) {
      return "must not be null";
    }
    if (e instanceof InvalidFormatException format && format.getTargetType() == String.class) {
      return "must be Unicode text without NUL and without lone surrogates";
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "must be " + kindOf(mismatch.getTargetType());
    }
    if (e.getCause() instanceof InputCoercionException range && range.getTargetType() != null) {
      return "must be %s of at most %d bits"
          .formatted(kindOf(range.getTargetType()), isLong(range.getTargetType()) ? 64 : 32);
    }
    if (e instanceof ValueInstantiationException
        && e.getCause() instanceof IllegalArgumentException refused
        && refused.getMessage() != null) {
      // The record's own constructor checks what no annotation can say.
      return PlainText.excerpt(refused.getMessage());
    }
    return "cannot be read";
  }

  private static boolean isLong(Class<?> type) {
    return type == long.class || type == Long.class;
  }

  private static List<String> names(UnrecognizedPropertyException unknown) {
    return unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
  }

  /** What a value of this type is called in a message. */
  static String kindOf(Class<?> type) {
    if (INTEGERS.contains(type)) {
      return "an integer";
    } else if (Number.class.isAssignableFrom(type) || type == double.class || type == float.class) {
      return "a number";
    } else if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    } else if (type == String.class) {
      return "a string";
    } else if (type.isEnum()) {
      return "one of " + Json.MAPPER.convertValue(type.getEnumConstants(), List.class);
    } else if (type.isArray() || Iterable.class.isAssignableFrom(type)) {
      return "an array";
    } else if (type.isRecord() || Map.class.isAssignableFrom(type)) {
      return "an object";
    }
    return type == Instant.class
        ? "a date and time such as 2030-01-31T12:00:00Z"
        : "a valid " + type.getSimpleName();
  }

  private static String pointer(List<Reference> path) {
    StringBuilder pointer = new StringBuilder();
    for (Reference step : path) {
      pointer.append('/');
      pointer.append(step.getFieldName() != null ? escape(step.getFieldName()) : step.getIndex());
    }
    return pointer.toString();
  }

  /** As RFC 6901 wants it. */
  static String escape(String name) {
    return PlainText.excerpt(name).replace("~", "~0").replace("/", "~1");
  }

  private static String firstSentence(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    return PlainText.excerpt(end < 0 ? message : message.substring(0, end));
  }
}
