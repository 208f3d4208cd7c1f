package dev.starling.postgres;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a {@code postgresql://} URI; anything it does not understand is refused by name. */
final class PostgresUri {
  private static final String EXPECTED =
      " (expected: postgresql://user:password@host:5432/database?sslmode=verify-full)";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int DEFAULT_PORT = 5432;

  private PostgresUri() {}

  static PostgresEndpoint parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // The exception's own message repeats the input, and with it the password.
      throw refused("malformed at index " + e.getIndex());
    }
    String scheme = uri.getScheme();
    if (!"postgresql".equals(scheme) && !"postgres".equals(scheme)) {
      throw refused("scheme " + scheme);
    }
    String host = uri.getHost();
    String userInfo = uri.getRawUserInfo();
    int colon = userInfo == null ? -1 : userInfo.indexOf(':');
    if (host == null || userInfo == null || colon < 1) {
      throw refused("user, password or host missing");
    }
    String path = uri.getRawPath();
    if (path == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
      throw refused("database missing");
    }
    Parameters parameters = Parameters.parse(uri.getRawQuery());
    Tls tls = parameters.tls;
    if (tls == null) {
      tls = LOOPBACK.contains(host) ? Tls.DISABLE : Tls.VERIFY_FULL;
    }
    int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
    String database = decode(path.substring(1));
    // Only a URI puts brackets around an IPv6 address.
    String address = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new PostgresEndpoint(
        address,
        port,
        database,
        decode(userInfo.substring(0, colon)),
        decode(userInfo.substring(colon + 1)),
        tls,
        parameters.rootCertificate,
        host + ":" + port + "/" + database);
  }

  private record Parameters(@Nullable Tls tls, @Nullable String rootCertificate) {
    static Parameters parse(@Nullable String query) {
      Tls tls = null;
      String rootCertificate = null;
      for (String pair : query == null ? new String[0] : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        switch (key) {
          case "sslmode" -> tls = Tls.of(value);
          case "sslrootcert" -> rootCertificate = value;
          default ->
              throw new IllegalArgumentException(
                  "uri: parameter " + key + " (expected: sslmode | sslrootcert)");
        }
      }
      return new Parameters(tls, rootCertificate);
    }
  }

  private static String decode(String encoded) {
    // URLDecoder is for forms, where '+' is a blank; in a URI it is itself.
    return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("uri: " + why + EXPECTED);
  }
}
