package dev.starling.sdk;

import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header-07): a quoted
 * string, of which clients often leave out the quotes.
 */
public final class IdempotencyKey {
  public static final String HEADER = "idempotency-key";
  public static final int MAX_LENGTH = 255;
  public static final String PATTERN = "^[\\x20-\\x7E]{1,255}$";
  public static final String EXPECTATION = "must be 1 to 255 visible ASCII characters or spaces";

  private IdempotencyKey() {}

  /** The key, with and without quotes the same; null for one that is none. */
  public static @Nullable String parse(String header) {
    String text = header.strip();
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      text = unquoted(text.substring(1, text.length() - 1));
    } else if (text.startsWith("\"")) {
      return null;
    }
    return text != null && isKey(text) ? text : null;
  }

  /** Without backslashes before quotes and backslashes (RFC 9651 §3.3.3); null when it is none. */
  private static @Nullable String unquoted(String quoted) {
    StringBuilder text = new StringBuilder(quoted.length());
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (c == '"') {
        return null;
      }
      if (c == '\\') {
        if (++i == quoted.length() || (quoted.charAt(i) != '"' && quoted.charAt(i) != '\\')) {
          return null;
        }
        c = quoted.charAt(i);
      }
      text.append(c);
    }
    return text.toString();
  }

  private static boolean isKey(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}
