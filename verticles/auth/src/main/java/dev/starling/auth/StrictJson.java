package dev.starling.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;

/** JSON as the segments of a token may use it: one UTF-8 object, no duplicate names, bounded. */
final class StrictJson {
  private static final int MAX_DEPTH = 16;

  /** More digits than any number of seconds needs. */
  private static final int MAX_NUMBER_LENGTH = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(TokenVerifier.MAX_LENGTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxNameLength(256)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          // Names come from clients; the JVM's table of interned strings is not theirs to fill.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private StrictJson() {}

  /** Opens the object in {@code bytes[0..length)}; the parser stands on its first brace. */
  static JsonParser open(byte[] bytes, int length) throws IOException {
    // Jackson would also take UTF-16, UTF-32 and byte order marks, which RFC 7515 does not.
    if (length < 2 || bytes[0] != '{' || bytes[1] == 0) {
      throw new JsonParseException(null, "not a UTF-8 object");
    }
    JsonParser parser = FACTORY.createParser(bytes, 0, length);
    parser.nextToken();
    return parser;
  }

  /** Whether nothing follows the object that was read. */
  static boolean ended(JsonParser parser) throws IOException {
    return parser.nextToken() == null;
  }

  /** Whether the parser stands on this text; makes no string of it. */
  static boolean isText(JsonParser parser, String expected) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING
        || parser.getTextLength() != expected.length()) {
      return false;
    }
    char[] text = parser.getTextCharacters();
    int offset = parser.getTextOffset();
    for (int i = 0; i < expected.length(); i++) {
      if (text[offset + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
