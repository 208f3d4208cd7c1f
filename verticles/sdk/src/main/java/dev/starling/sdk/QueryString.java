package dev.starling.sdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.Bound.Valid;
import dev.starling.sdk.Bound.Wrong;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query of a URI into text fields, each given once at most.
 *
 * <p>Names and values are percent-encoded UTF-8, where {@code +} is a blank; what else they hold is
 * for the binder to judge.
 */
final class QueryString {
  private QueryString() {}

  static Bound<ObjectNode> parse(String query) {
    ObjectNode fields = Json.FROM_TEXT.createObjectNode();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (name == null || value == null) {
        return Wrong.malformed(
            "query: " + PlainText.excerpt(pair) + " (expected: percent-encoded UTF-8)");
      }
      if (fields.has(name)) {
        return Wrong.malformed(
            "query: " + PlainText.excerpt(name) + " is given twice (expected: once)");
      }
      fields.put(name, value);
    }
    return new Valid<>(fields);
  }

  /** The text behind the encoding, or null when there is none. */
  private static @Nullable String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    // No escape is shorter than the byte that it stands for.
    ByteBuffer bytes = ByteBuffer.allocate(text.getBytes(StandardCharsets.UTF_8).length);
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      if (codePoint != '%') {
        String plain = codePoint == '+' ? " " : Character.toString(codePoint);
        bytes.put(plain.getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(codePoint);
        continue;
      }
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        return null;
      }
      bytes.put((byte) (high << 4 | low));
      i += 3;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
