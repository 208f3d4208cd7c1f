package dev.starling.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis server is, and how to sign in; prints without the password. What it does not
 * understand is refused by name.
 *
 * @param user null for the default user
 * @param password null for none
 */
record RedisUri(
    boolean tls,
    String host,
    int port,
    @Nullable String user,
    @Nullable String password,
    int database) {
  private static final String EXPECTED =
      " (expected: redis://user:password@host:6379/0, rediss:// for TLS)";
  private static final Pattern DATABASE = Pattern.compile("/?|/\\d{1,4}");
  private static final int DEFAULT_PORT = 6379;

  static RedisUri parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // The exception's own message repeats the input, and with it the password.
      throw refused("malformed at index " + e.getIndex());
    }
    String scheme = uri.getScheme();
    if (!"redis".equals(scheme) && !"rediss".equals(scheme)) {
      throw refused("scheme " + scheme);
    }
    if (uri.getHost() == null) {
      throw refused("host missing");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw refused("parameters");
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (!DATABASE.matcher(path).matches()) {
      throw refused("path " + path);
    }
    String userInfo = uri.getRawUserInfo();
    String user = null;
    String password = null;
    if (userInfo != null) {
      int colon = userInfo.indexOf(':');
      if (colon < 0) {
        throw refused("user without a password");
      }
      user = colon == 0 ? null : decode(userInfo.substring(0, colon));
      password = decode(userInfo.substring(colon + 1));
    }
    return new RedisUri(
        scheme.equals("rediss"),
        uri.getHost(),
        uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort(),
        user,
        password,
        path.length() < 2 ? 0 : Integer.parseInt(path.substring(1)));
  }

  RedisUri withPassword(String newPassword) {
    return new RedisUri(tls, host, port, user, newPassword, database);
  }

  /** What the client library connects to; the password travels apart from it. */
  String connectionString() {
    return scheme() + "://" + host + ":" + port + "/" + database;
  }

  /** The whole of it with the password masked, fit to be shown. */
  @Override
  public String toString() {
    String who =
        password == null
            ? ""
            : (user == null ? "" : URLEncoder.encode(user, StandardCharsets.UTF_8)) + ":****@";
    return scheme() + "://" + who + host + ":" + port + "/" + database;
  }

  private String scheme() {
    return tls ? "rediss" : "redis";
  }

  private static String decode(String encoded) {
    // URLDecoder is for forms, where '+' is a blank; in a URI it is itself.
    return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("uri: " + why + EXPECTED);
  }
}
