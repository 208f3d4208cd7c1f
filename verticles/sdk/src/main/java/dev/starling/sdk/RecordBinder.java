package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Turns a body, the query or the path's parameters into a record and checks its constraints.
 *
 * <p>Thread-safe. Everything that is wrong is found in one go where the input can be read at all;
 * what cannot be read is reported at the first place.
 */
final class RecordBinder {
  private static final Validator VALIDATOR =
      Validation.byProvider(HibernateValidator.class)
          .configure()
          // Messages are part of the API: English whatever the machine's locale, and no
          // expression language that input could reach.
          .messageInterpolator(
              new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, false))
          .buildValidatorFactory()
          .getValidator();

  private RecordBinder() {}

  /** Loads the validator, which takes some hundred milliseconds the first time. */
  static void warmUp() {
    VALIDATOR.validate(new Object());
  }

  static <T> Bound<T> body(byte[] json, Class<T> type) {
    if (json.length == 0) {
      return Bound.Wrong.malformed("the body is empty (expected: a JSON object)");
    }
    return bind("", () -> Json.MAPPER.readValue(json, type));
  }

  /** Binds text fields; {@code prefix} is {@code /query} or {@code /path}. */
  static <T> Bound<T> text(ObjectNode fields, Class<T> type, String prefix) {
    ObjectMapper mapper = Json.FROM_TEXT;
    return bind(prefix, () -> mapper.treeToValue(fields, type));
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> Bound<T> bind(String prefix, Reading<T> reading) {
    T value;
    try {
      value = reading.read();
    } catch (StreamConstraintsException e) {
      return Bound.Wrong.malformed(firstSentence(e));
    } catch (JsonParseException e) {
      return Bound.Wrong.malformed(
          "not JSON at line %d, column %d: %s"
              .formatted(
                  e.getLocation().getLineNr(), e.getLocation().getColumnNr(), firstSentence(e)));
    } catch (JsonMappingException e) {
      return mismatch(prefix, e);
    } catch (IOException e) {
      return Bound.Wrong.malformed("not JSON: not UTF-8 text");
    }
    if (value == null) {
      return Bound.Wrong.malformed("the body is null (expected: a JSON object)");
    }
    List<Violation> violations =
        VALIDATOR.validate(value).stream()
            .map(violation -> violation(prefix, violation))
            .sorted(Comparator.comparing(Violation::pointer).thenComparing(Violation::detail))
            .toList();
    return violations.isEmpty() ? new Bound.Valid<>(value) : Bound.Wrong.invalid(violations);
  }

  private static <T> Bound<T> mismatch(String prefix, JsonMappingException e) {
    if (e.getCause() instanceof JsonParseException) {
      return Bound.Wrong.malformed("not JSON: " + firstSentence(e));
    }
    String pointer = prefix + pointer(e.getPath());
    return Bound.Wrong.invalid(List.of(new Violation(pointer, expectation(e))));
  }

  private static String expectation(JsonMappingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "is not a known property (expected one of: "
          + String.join(", ", new TreeSet<>(names(unknown)))
          + ")";
    }
    if (e instanceof InvalidFormatException format && format.getTargetType() == String.class) {
      return "must be Unicode text without NUL and without lone surrogates";
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "must be " + kindOf(mismatch.getTargetType());
    }
    return "cannot be read";
  }

  private static List<String> names(UnrecognizedPropertyException unknown) {
    return unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
  }

  private static String kindOf(Class<?> type) {
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "an integer";
    } else if (Number.class.isAssignableFrom(type) || type == double.class) {
      return "a number";
    } else if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    } else if (type == String.class) {
      return "a string";
    } else if (type.isEnum()) {
      return "one of " + List.of(type.getEnumConstants());
    } else if (type.isArray() || Iterable.class.isAssignableFrom(type)) {
      return "an array";
    } else if (type.isRecord() || java.util.Map.class.isAssignableFrom(type)) {
      return "an object";
    }
    return "a valid " + type.getSimpleName();
  }

  private static String pointer(List<Reference> path) {
    StringBuilder pointer = new StringBuilder();
    for (Reference step : path) {
      pointer.append('/');
      pointer.append(step.getFieldName() != null ? escape(step.getFieldName()) : step.getIndex());
    }
    return pointer.toString();
  }

  private static <T> Violation violation(String prefix, ConstraintViolation<T> violation) {
    StringBuilder pointer = new StringBuilder(prefix);
    for (Path.Node step : violation.getPropertyPath()) {
      if (step.getIndex() != null) {
        pointer.append('/').append(step.getIndex());
      }
      if (step.getKey() != null) {
        pointer.append('/').append(escape(String.valueOf(step.getKey())));
      }
      String name = step.getName();
      if (name != null && !name.startsWith("<")) {
        pointer.append('/').append(escape(snakeCase(name)));
      }
    }
    return new Violation(pointer.toString(), violation.getMessage());
  }

  static String snakeCase(String name) {
    return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(name);
  }

  /** As RFC 6901 wants it. */
  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static String firstSentence(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
