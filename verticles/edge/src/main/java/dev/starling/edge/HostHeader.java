package dev.starling.edge;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Iterator;
import java.util.Map;

/**
 * Checks that a request says clearly which host it is for (RFC 9112 §3.2): programs in the chain
 * that take different ones of two hosts can be played off against each other. The edge itself
 * routes by path alone.
 *
 * <p>Not thread-safe: an event loop keeps one, which remembers the last good host.
 */
final class HostHeader {
  private static final int MAX_LENGTH = 255 + ":65535".length();

  private String lastGood = "";

  boolean isGood(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      // Vert.x resets streams whose authority is malformed or differs from their host.
      return request.authority() != null;
    }
    MultiMap headers = request.headers();
    String host = headers.get(Names.HOST);
    if (host == null) {
      return request.version() == HttpVersion.HTTP_1_0;
    }
    if (count(headers) != 1) {
      return false;
    }
    if (!host.equals(lastGood)) {
      if (!isAuthority(host)) {
        return false;
      }
      lastGood = host;
    }
    return true;
  }

  private static int count(MultiMap headers) {
    if (!(headers instanceof HttpHeaders fields)) {
      return headers.getAll(Names.HOST).size();
    }
    // Looks at the fields as they are; getAll() makes a list for each request.
    int count = 0;
    Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
    while (all.hasNext()) {
      CharSequence name = all.next().getKey();
      if (name.length() == Names.HOST.length()
          && AsciiString.contentEqualsIgnoreCase(name, Names.HOST)) {
        count++;
      }
    }
    return count;
  }

  /** A registered name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
  static boolean isAuthority(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    boolean literal = text.charAt(0) == '[';
    int end = literal ? text.indexOf(']') + 1 : text.indexOf(':');
    if (literal && end == 0) {
      return false;
    }
    int hostEnd = end < 0 ? length : end;
    for (int i = literal ? 1 : 0; i < (literal ? hostEnd - 1 : hostEnd); i++) {
      char c = text.charAt(i);
      boolean hex = c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c >= '0' && c <= '9';
      boolean good =
          literal
              ? hex || c == ':' || c == '.'
              : hex
                  || c >= 'a' && c <= 'z'
                  || c >= 'A' && c <= 'Z'
                  || c == '.'
                  || c == '-'
                  || c == '_';
      if (!good) {
        return false;
      }
    }
    return hostEnd > (literal ? 2 : 0) && isPort(text, hostEnd);
  }

  private static boolean isPort(String text, int colon) {
    if (colon == text.length()) {
      return true;
    }
    int digits = text.length() - colon - 1;
    if (text.charAt(colon) != ':' || digits < 1 || digits > 5) {
      return false;
    }
    int port = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      port = port * 10 + (c - '0');
    }
    return port <= 65_535;
  }
}
