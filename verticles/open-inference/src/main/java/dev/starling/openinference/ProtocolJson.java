package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.starling.sdk.TensorJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * JSON of the protocol: bounded like all JSON here, and fast with the numbers that it mostly is.
 * Thread-safe.
 */
final class ProtocolJson {
  /** Arrays of tensors lie this deep at most, and some more for what is around them. */
  static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(1_000_000)
                  .maxNumberLength(100)
                  .maxNameLength(1_000)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private ProtocolJson() {}

  /** Reads a value from a parser that stands before it. */
  @FunctionalInterface
  interface Reading<T> {
    T read(JsonParser json) throws IOException;
  }

  /** Writes a value. */
  @FunctionalInterface
  interface Writing {
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * Reads one document.
   *
   * @throws Unusable for what is no JSON
   */
  static <T> T read(byte[] bytes, int from, int length, Reading<T> reading) {
    try (JsonParser json = FACTORY.createParser(bytes, from, length)) {
      return reading.read(json);
    } catch (IOException e) {
      throw new Unusable("body: " + message(e) + " (expected: a JSON object)");
    }
  }

  /** As {@link #read}; nothing may come after the document. */
  static <T> T readWhole(byte[] bytes, int from, int length, Reading<T> reading) {
    return read(
        bytes,
        from,
        length,
        json -> {
          T value = reading.read(json);
          if (json.nextToken() != null) {
            throw new Unusable("body: something comes after it (expected: one JSON object)");
          }
          return value;
        });
  }

  static byte[] write(int typicalLength, Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(typicalLength);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      writing.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory: never
    }
    return bytes.toByteArray();
  }

  /** Moves on to an object's first member, and refuses everything else. */
  static void expectObject(JsonToken token, String what) {
    if (token != JsonToken.START_OBJECT) {
      throw new Unusable(what + ": " + TensorJson.kind(token) + " (expected: an object)");
    }
  }

  static String text(JsonParser json, String what) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new Unusable(
          what + ": " + TensorJson.kind(json.currentToken()) + " (expected: a text)");
    }
    return json.getText();
  }

  static boolean truth(JsonParser json, String what) {
    JsonToken token = json.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw new Unusable(what + ": " + TensorJson.kind(token) + " (expected: true or false)");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  /** A whole number, 0 or more. */
  static long count(JsonParser json, String what) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || json.getLongValue() < 0) {
      String value =
          json.currentToken() != null && json.currentToken().isNumeric()
              ? json.getText()
              : TensorJson.kind(json.currentToken());
      throw new Unusable(what + ": " + value + " (expected: a whole number, 0 or more)");
    }
    return json.getLongValue();
  }

  /**
   * A text's bytes.
   *
   * @throws Unusable for half a character, which JSON can say and UTF-8 cannot
   */
  static byte[] utf8(String text, String what) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new Unusable(what + ": a lone surrogate at " + i + " (expected: Unicode text)");
      }
    }
    return text.getBytes(UTF_8);
  }

  /** Without the place in the source, which is of the parser's making. */
  private static String message(IOException e) {
    return e instanceof JsonProcessingException json
        ? json.getOriginalMessage()
        : String.valueOf(e.getMessage());
  }
}
