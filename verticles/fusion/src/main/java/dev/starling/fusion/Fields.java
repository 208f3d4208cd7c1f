package dev.starling.fusion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads values of JSON, each within its bounds. The parser stands on the value, and on its end
 * afterwards. Without state.
 */
final class Fields {
  private Fields() {}

  /** Text of so many UTF-16 units, without NUL and without half surrogate pairs. */
  static String text(JsonParser json, String where, int least, int most) throws IOException {
    if (!json.hasToken(JsonToken.VALUE_STRING)) {
      throw wrong(json, where, "text");
    }
    int length = json.getTextLength();
    if (length < least || length > most) {
      throw length(where, length, least, most);
    }
    return checked(json.getText(), where, least, most);
  }

  /** Likewise, of text that came another way. */
  static String checked(String text, String where, int least, int most) {
    if (text.length() < least || text.length() > most) {
      throw length(where, text.length(), least, most);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        throw UnusableEvent.invalid(
            where, text, "Unicode text without NUL and without lone surrogates");
      }
    }
    return text;
  }

  private static UnusableEvent length(String where, int length, int least, int most) {
    return UnusableEvent.invalid(where, length + " characters", least + ".." + most);
  }

  /** A number of 0..1. */
  static double share(JsonParser json, String where) throws IOException {
    if (!json.currentToken().isNumeric()) {
      throw wrong(json, where, "a number of 0..1");
    }
    double value = json.getDoubleValue();
    if (!(value >= 0 && value <= 1)) {
      throw UnusableEvent.invalid(where, value, "0..1");
    }
    return value;
  }

  /** A time with its offset. */
  static OffsetDateTime time(String text, String where) {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw UnusableEvent.invalid(where, text, "RFC 3339, e.g. 2026-01-31T12:00:00.250+01:00");
    }
  }

  /** An object of texts; numbers and truth values become text. */
  static Map<String, String> texts(
      JsonParser json, String where, int mostEntries, int mostName, int mostValue)
      throws IOException {
    expectObject(json, where);
    Map<String, String> texts = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = checked(json.currentName(), where, 1, mostName);
      JsonToken value = json.nextToken();
      String there = where + "." + Excerpt.of(name);
      if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
        throw wrong(json, there, "text, a number or a truth value");
      }
      String text =
          value == JsonToken.VALUE_STRING
              ? text(json, there, 0, mostValue)
              : checked(json.getText(), there, 0, mostValue);
      if (texts.put(name, text) != null) {
        throw UnusableEvent.invalid(there, "given twice", "once");
      }
      if (texts.size() > mostEntries) {
        throw UnusableEvent.invalid(where, "more", "at most " + mostEntries + " entries");
      }
    }
    return texts;
  }

  static void expectObject(JsonParser json, String where) throws IOException {
    if (!json.hasToken(JsonToken.START_OBJECT)) {
      throw wrong(json, where, "an object");
    }
  }

  static UnusableEvent wrong(JsonParser json, String where, String expected) throws IOException {
    JsonToken token = json.currentToken();
    String found =
        token == null
            ? "nothing"
            : switch (token) {
              case START_OBJECT -> "an object";
              case START_ARRAY -> "a list";
              case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getText();
              case VALUE_TRUE -> "true";
              case VALUE_FALSE -> "false";
              case VALUE_NULL -> "null";
              default -> "something else";
            };
    return UnusableEvent.invalid(where, found, expected);
  }
}
