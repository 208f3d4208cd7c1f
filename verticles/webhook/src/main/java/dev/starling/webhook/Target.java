package dev.starling.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a web-hook goes, as far as its URL tells.
 *
 * <p>Immutable.
 *
 * @param host as in the URL, IPv6 in brackets
 * @param pathAndQuery what the request line says
 * @param trusted whether an operator allowed this host and port
 */
record Target(boolean tls, String host, int port, String pathAndQuery, boolean trusted) {
  private static final int MAX_LENGTH = 2048;
  private static final int HTTPS = 443;
  private static final int HTTP = 80;
  private static final int LAST_PORT = 65_535;

  /** A URL that was read, or why it cannot be used. */
  sealed interface Reading {}

  record Usable(Target target) implements Reading {}

  record Refused(String reason) implements Reading {}

  /** Reads a URL that somebody else wrote. */
  static Reading read(String url, AllowedHosts allowed) {
    if (url.length() > MAX_LENGTH) {
      return new Refused("url: " + url.length() + " characters (expected: <= " + MAX_LENGTH + ")");
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return refused("is no URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if (!tls && !scheme.equals("http")) {
      return refused("has the scheme " + scheme);
    }
    String host = uri.getHost();
    if (host == null) {
      return refused("names no host in ASCII");
    }
    if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      return refused("has a user or a fragment");
    }
    int port = uri.getPort() < 0 ? (tls ? HTTPS : HTTP) : uri.getPort();
    if (port == 0 || port > LAST_PORT) {
      return refused("has the port " + port);
    }
    boolean trusted = allowed.contain(host, port);
    return tls || trusted
        ? new Usable(new Target(tls, host, port, pathAndQuery(uri), trusted))
        : refused("is not https, and " + host + ":" + port + " is not in webhooks.allow");
  }

  String hostWithoutBrackets() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Why none of these may be connected to; null when all may. */
  @Nullable String refusal(List<InetAddress> addresses) {
    if (trusted) {
      return null;
    }
    for (InetAddress address : addresses) {
      String kind = AddressRanges.notPublic(address);
      if (kind != null) {
        // One that is private among public ones is how a name is made to lead inside now and then.
        return "%s leads to %s, %s (expected: public addresses)"
            .formatted(host, address.getHostAddress(), kind);
      }
    }
    return null;
  }

  private static String pathAndQuery(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  /** Does not repeat the URL, whose path or query may be a secret of the receiver's. */
  private static Refused refused(String what) {
    return new Refused("the url " + what + " (expected: https://host/path)");
  }
}
