package dev.starling.edge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request target: where its path is, its query, and whether it can be trusted at all.
 *
 * <p>Not thread-safe: an event loop keeps one and reads each request's target into it, so that
 * reading allocates nothing unless the path is percent-encoded.
 *
 * <p>A path is taken as RFC 3986 defines it, without repair: an encoded slash, a dot segment in any
 * spelling, a control character or bytes that are not UTF-8 are refused, because the next program
 * in the chain might read them as another path. Unreserved characters may be encoded and mean the
 * same as if they were not.
 */
final class RequestTarget {
  private static final boolean[] IN_PATH = printableExcept("#\"<>\\^`{|}");
  private static final boolean[] IN_QUERY = printableExcept("#");

  private String text = "";
  private int from;
  private int to;
  private String query = "";
  private @Nullable String problem;

  /** The string that holds the path, between {@link #from()} and {@link #to()}, decoded. */
  String text() {
    return text;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** The query as it came, without the question mark; empty for none. */
  String query() {
    return query;
  }

  /** What is wrong with the last target that was read; null when nothing is. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * Reads {@code uri}, in origin form or absolute form.
   *
   * @return false when it is not one that the edge can route; {@link #problem()} says why
   */
  boolean read(String uri) {
    problem = null;
    query = "";
    text = uri;
    from = 0;
    if (uri.isEmpty() || uri.charAt(0) != '/') {
      from = pathOfAbsoluteForm(uri);
      if (from < 0) {
        return refuse("must begin with /");
      }
    }
    int length = uri.length();
    int at = from;
    int segment = from + 1;
    boolean encoded = false;
    for (; at < length; at++) {
      char c = uri.charAt(at);
      if (c == '?') {
        break;
      } else if (c == '/') {
        if (isDots(uri, segment, at)) {
          return refuse("must not have a dot segment");
        }
        segment = at + 1;
      } else if (c == '%') {
        encoded = true;
      } else if (c > 126 || !IN_PATH[c]) {
        return refuse("must be percent-encoded, at offset " + at);
      }
    }
    if (isDots(uri, segment, at)) {
      return refuse("must not have a dot segment");
    }
    to = at;
    return (at == length || readQuery(uri, at + 1)) && (!encoded || decode());
  }

  private boolean readQuery(String uri, int start) {
    for (int at = start; at < uri.length(); at++) {
      char c = uri.charAt(at);
      if (c > 126 || !IN_QUERY[c]) {
        return refuse("must be percent-encoded, at offset " + at);
      }
    }
    query = uri.substring(start);
    return true;
  }

  /** Replaces the path by what it means; its segments can still be told apart by slashes. */
  private boolean decode() {
    byte[] bytes = new byte[to - from];
    int count = 0;
    for (int at = from; at < to; at++) {
      int c = text.charAt(at);
      if (c == '%') {
        c = at + 2 < to ? hexByte(text.charAt(at + 1), text.charAt(at + 2)) : -1;
        if (c < 0) {
          return refuse("has an incomplete percent-encoding");
        }
        if (c == '/' || c == '\\' || c < ' ' || c == 127) {
          return refuse("must not have an encoded slash, backslash or control character");
        }
        at += 2;
      }
      bytes[count++] = (byte) c;
    }
    String decoded;
    try {
      decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, count)).toString();
    } catch (CharacterCodingException e) {
      return refuse("must be UTF-8");
    }
    for (int segment = 1; segment <= decoded.length(); ) {
      int slash = decoded.indexOf('/', segment);
      int end = slash < 0 ? decoded.length() : slash;
      if (isDots(decoded, segment, end)) {
        return refuse("must not have a dot segment");
      }
      segment = end + 1;
    }
    text = decoded;
    from = 0;
    to = decoded.length();
    return true;
  }

  private boolean refuse(String why) {
    problem = "the request target " + why;
    return false;
  }

  private static int hexByte(char high, char low) {
    int h = HexFormat.isHexDigit(high) ? HexFormat.fromHexDigit(high) : -1;
    int l = HexFormat.isHexDigit(low) ? HexFormat.fromHexDigit(low) : -1;
    return h < 0 || l < 0 ? -1 : h << 4 | l;
  }

  private static boolean isDots(String path, int start, int end) {
    int length = end - start;
    return length > 0
        && length <= 2
        && path.charAt(start) == '.'
        && (length == 1 || path.charAt(start + 1) == '.');
  }

  /** RFC 9112 §3.2.2: an origin server takes it too, and what matters to it is the path. */
  private static int pathOfAbsoluteForm(String uri) {
    int authority =
        uri.regionMatches(true, 0, "http://", 0, 7)
            ? 7
            : uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
    int path = authority < 0 ? -1 : uri.indexOf('/', authority);
    return path > authority ? path : -1;
  }

  private static boolean[] printableExcept(String excluded) {
    boolean[] table = new boolean[127];
    for (char c = '!'; c < table.length; c++) {
      table[c] = excluded.indexOf(c) < 0;
    }
    return table;
  }
}
