package dev.starling.webhook;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that an operator trusts: to them web-hooks go also in clear text, and also when their
 * addresses are private.
 *
 * <p>Immutable.
 *
 * @param patterns {@code host:port}; the host may begin with {@code *.} for everything below a
 *     domain, the port may be {@code *}
 */
record AllowedHosts(List<String> patterns) {
  private static final Pattern SHAPE =
      Pattern.compile("((?:\\*\\.)?[a-zA-Z0-9._-]+|\\[[0-9a-fA-F:]+]):(\\d{1,5}|\\*)");

  AllowedHosts {
    patterns = List.copyOf(patterns);
    for (String pattern : patterns) {
      if (!SHAPE.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            "allow: " + pattern + " (expected: host:port, *.domain:port or host:*)");
      }
    }
  }

  /**
   * @param host of a URL, IPv6 in brackets
   */
  boolean contain(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    return patterns.stream().anyMatch(pattern -> matches(pattern, name, port));
  }

  private static boolean matches(String pattern, String host, int port) {
    Matcher parts = SHAPE.matcher(pattern);
    if (!parts.matches()) {
      return false;
    }
    String wanted = parts.group(1).toLowerCase(Locale.ROOT);
    boolean hostFits =
        wanted.startsWith("*.") ? host.endsWith(wanted.substring(1)) : host.equals(wanted);
    return hostFits
        && (parts.group(2).equals("*") || parts.group(2).equals(Integer.toString(port)));
  }
}
