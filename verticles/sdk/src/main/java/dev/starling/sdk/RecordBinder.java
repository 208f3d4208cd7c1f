package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
      return Bound.Wrong.malformed("not JSON: " + Mismatch.NOT_UTF8);
    }
    return bind("", () -> read(json, type));
  }

  private static <T> T read(byte[] json, Class<T> type) throws IOException {
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      if (parser.nextToken() == null) {
        throw new JsonParseException(parser, "nothing but blanks (expected: a JSON object)");
      }
      T value = BODY.forType(type).readValue(parser);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more follows after the first value");
      }
      return value;
    }
  }

  /** Jackson takes UTF-16 and UTF-32 too, where ASCII has zero bytes, and overlong UTF-8. */
  private static boolean isUtf8(byte[] json) {
    for (byte one : json) {
      if (one == 0) {
        return false;
      }
      if (one < 0) {
        return isStrictUtf8(json);
      }
    }
    return true;
  }

  private static boolean isStrictUtf8(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
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
      return Mismatch.explain(prefix, e);
    } catch (JsonProcessingException e) {
      return Mismatch.unreadable(e);
    } catch (IOException e) {
      return Bound.Wrong.malformed("not JSON: " + Mismatch.NOT_UTF8);
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

  private static <T> Violation violation(String prefix, ConstraintViolation<T> violation) {
    StringBuilder pointer = new StringBuilder(prefix);
    for (Path.Node step : violation.getPropertyPath()) {
      if (step.getIndex() != null) {
        pointer.append('/').append(step.getIndex());
      }
      if (step.getKey() != null) {
        pointer.append('/').append(Mismatch.escape(String.valueOf(step.getKey())));
      }
      String name = step.getName();
      if (name != null && !name.startsWith("<")) {
        pointer.append('/').append(Mismatch.escape(snakeCase(name)));
      }
    }
    return new Violation(pointer.toString(), violation.getMessage());
  }

  static String snakeCase(String name) {
    return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(name);
  }
}
