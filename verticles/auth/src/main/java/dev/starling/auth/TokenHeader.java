package dev.starling.auth;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a token's header says that matters (RFC 7515, 4.1); the rest is read and ignored, {@code
 * jku}, {@code jwk}, {@code x5u} and {@code x5c} above all: a token does not bring its own key.
 *
 * @param algorithm untrusted text
 * @param keyId untrusted text; null when there is none
 */
record TokenHeader(String algorithm, @Nullable String keyId) {
  private static final String TYPE = "at+jwt";
  private static final String MEDIA_TYPE = "application/" + TYPE;

  /** What reading gives: a header, or why it is none of ours. */
  sealed interface Reading {
    record Valid(TokenHeader header) implements Reading {}

    record Wrong(TokenVerdict.Bad verdict) implements Reading {}
  }

  /** Reads the header in {@code json[0..length)}. */
  static Reading read(byte[] json, int length) {
    try (JsonParser parser = StrictJson.open(json, length)) {
      return read(parser);
    } catch (IOException e) {
      return new Reading.Wrong(Rejections.BAD_HEADER);
    }
  }

  private static Reading read(JsonParser parser) throws IOException {
    String algorithm = null;
    String keyId = null;
    String type = null;
    boolean critical = false;
    boolean allTexts = true;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "alg" -> algorithm = text(parser);
        case "typ" -> type = text(parser);
        case "kid" -> {
          keyId = text(parser);
          allTexts &= keyId != null;
        }
        case "crit" -> critical = true;
        default -> {
          // Not part of the profile.
        }
      }
      if (value.isStructStart()) {
        parser.skipChildren();
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT
        || !StrictJson.ended(parser)
        || !allTexts
        || algorithm == null) {
      return new Reading.Wrong(Rejections.BAD_HEADER);
    }
    if (critical) {
      // Nothing beyond RFC 7515 is understood, so whatever it lists is not (4.1.11).
      return new Reading.Wrong(Rejections.CRITICAL);
    }
    if (!isAccessToken(type)) {
      return new Reading.Wrong(Rejections.WRONG_TYPE);
    }
    return new Reading.Valid(new TokenHeader(algorithm, keyId));
  }

  private static boolean isAccessToken(@Nullable String type) {
    if (type == null) {
      return false;
    }
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.equals(TYPE) || lower.equals(MEDIA_TYPE);
  }

  private static @Nullable String text(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
  }
}
