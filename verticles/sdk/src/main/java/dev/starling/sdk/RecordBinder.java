package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.cfg.ConstraintMapping;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Turns a body, the query or the path's parameters into a record and checks its constraints.
 *
 * <p>Thread-safe. Everything that is wrong is found in one go where the input can be read at all;
 * what cannot be read is reported at the first place.
 */
final class RecordBinder {
  private static final Validator VALIDATOR = validator();

  private static final ObjectReader BODY =
      Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** One refusal has to fit into a reply, however long the list of mistakes is. */
  static final int MAX_VIOLATIONS = 100;

  private static final String NOT_UTF8 = "not UTF-8 text";
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

  private RecordBinder() {}

  private static Validator validator() {
    HibernateValidatorConfiguration config =
        Validation.byProvider(HibernateValidator.class)
            .configure()
            // Messages are part of the API: English whatever the machine's locale, and no
            // expression language that input could reach.
            .messageInterpolator(
                new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, false));
    ConstraintMapping sizes = config.createConstraintMapping();
    sizes
        .constraintDefinition(Size.class)
        .includeExistingValidators(true)
        .validatedBy(TextSize.class);
    return config.addMapping(sizes).buildValidatorFactory().getValidator();
  }

  /** Loads the validator, which takes some hundred milliseconds the first time. */
  static void warmUp() {
    VALIDATOR.validate(new Object());
  }

  static <T> Bound<T> body(byte[] json, Class<T> type) {
    if (json.length == 0) {
      return Bound.Wrong.malformed("the body is empty (expected: a JSON object)");
    }
    if (!isUtf8(json)) {
      return Bound.Wrong.malformed("not JSON: " + NOT_UTF8);
    }
    return bind("", () -> read(json, type));
  }

  private static <T> T read(byte[] json, Class<T> type) throws IOException {
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      T value = BODY.forType(type).readValue(parser);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more follows after the first value");
      }
      return value;
    }
  }

  /** Jackson would take UTF-16 and UTF-32 for what they are; in them, ASCII has zero bytes. */
  private static boolean isUtf8(byte[] json) {
    for (int i = 0; i < Math.min(4, json.length); i++) {
      if (json[i] == 0) {
        return false;
      }
    }
    return true;
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
    } catch (JsonMappingException e) {
      return mismatch(prefix, e);
    } catch (JsonProcessingException e) {
      return unreadable(e);
    } catch (IOException e) {
      return Bound.Wrong.malformed("not JSON: " + NOT_UTF8);
    }
    if (value == null) {
      return Bound.Wrong.malformed("the body is null (expected: a JSON object)");
    }
    List<Violation> violations =
        VALIDATOR.validate(value).stream()
            .map(violation -> violation(prefix, violation))
            .sorted(Comparator.comparing(Violation::pointer).thenComparing(Violation::detail))
            .limit(MAX_VIOLATIONS)
            .toList();
    return violations.isEmpty() ? new Bound.Valid<>(value) : Bound.Wrong.invalid(violations);
  }

  private static <T> Bound<T> mismatch(String prefix, JsonMappingException e) {
    if (e.getCause() instanceof JsonProcessingException cause
        && !(cause instanceof JsonMappingException)
        && !(cause instanceof InputCoercionException)) {
      return unreadable(cause);
    }
    String pointer = prefix + pointer(e.getPath());
    return Bound.Wrong.invalid(List.of(new Violation(pointer, expectation(e))));
  }

  private static <T> Bound<T> unreadable(JsonProcessingException e) {
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
    return PlainText.excerpt(name).replace("~", "~0").replace("/", "~1");
  }

  private static String firstSentence(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    return PlainText.excerpt(end < 0 ? message : message.substring(0, end));
  }
}
