package dev.starling.edge;

/** Makes text safe to be part of a header field. */
final class HeaderText {

  private HeaderText() {}

  /** The text as it may stand between quotes: visible ASCII and spaces, no quote, no backslash. */
  static String quotable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      safe.append(c < ' ' || c > '~' ? ' ' : c == '"' || c == '\\' ? '\'' : c);
    }
    return safe.toString();
  }

  /** True when both can be written as they are; the name must be in lower case. */
  static boolean isField(String name, String value) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')) {
        return false;
      }
    }
    return !name.isEmpty() && isValue(value);
  }

  /** True when the text can be the value of a field without changing what comes after it. */
  static boolean isValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' && c != '\t' || c > '~') {
        return false;
      }
    }
    return true;
  }
}
