package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that Starling reads and writes: {@code snake_case} names, RFC 3339 times, no duplicate
 * and no unknown keys, bounded nesting and lengths.
 *
 * <p>Thread-safe.
 */
public final class Json {
  /** Deeper than any schema here; a parser's stack grows with it. */
  static final int MAX_DEPTH = 64;

  static final int MAX_STRING_LENGTH = 1_000_000;
  static final int MAX_NUMBER_LENGTH = 100;

  /** Reads bodies: a number in quotes is not a number. */
  public static final ObjectMapper MAPPER = strict().build();

  /** Reads path and query parameters, which are text until they are bound. */
  static final ObjectMapper FROM_TEXT =
      strict().enable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();

  private Json() {}

  public static byte[] toBytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  private static JsonMapper.Builder strict() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING_LENGTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Excerpts of the input in error messages could carry passwords into logs.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    return JsonMapper.builder(factory)
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .addModule(new JavaTimeModule())
        .addModule(new SimpleModule().addDeserializer(String.class, new TextDeserializer()));
  }

  /** Text that every store and peer can take: no NUL, no half of a surrogate pair. */
  private static final class TextDeserializer extends StdScalarDeserializer<String> {
    private static final long serialVersionUID = 1L;

    TextDeserializer() {
      super(String.class);
    }

    @Override
    public @Nullable String deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (!parser.currentToken().isScalarValue() || parser.currentToken().isNumeric()) {
        return (String) context.handleUnexpectedToken(String.class, parser);
      }
      String text = parser.getText();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (c == 0 || Character.isSurrogate(c) && !pair) {
          throw context.weirdStringException(
              "", String.class, "must be Unicode text without NUL and without lone surrogates");
        }
        if (pair) {
          i++;
        }
      }
      return text;
    }
  }
}
