package dev.starling.postgres;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One database on one server, and the right to use it.
 *
 * <p>Immutable; {@link #toString()} masks the password.
 *
 * @param tls protection of the connection
 * @param rootCertificate PEM file with the authorities to trust; null trusts those of the JVM
 * @param identity says which server this is, for nodes to compare: a hash of the host and the data
 *     directory when it is embedded, else {@code host:port/database} as configured
 */
public record PostgresEndpoint(
    String host,
    int port,
    String database,
    String user,
    String password,
    Tls tls,
    @Nullable String rootCertificate,
    String identity) {

  public PostgresEndpoint {
    Objects.requireNonNull(host);
    Objects.requireNonNull(database);
    Objects.requireNonNull(user);
    Objects.requireNonNull(password);
    Objects.requireNonNull(tls);
    Objects.requireNonNull(identity);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
  }

  /**
   * Reads {@code postgresql://user:password@host:5432/database?sslmode=…&sslrootcert=…}.
   *
   * <p>Without {@code sslmode}, a loopback host is reached in plain text and any other with {@code
   * verify-full}. Throws {@link IllegalArgumentException} without repeating the password.
   */
  public static PostgresEndpoint parse(String uri) {
    return PostgresUri.parse(uri);
  }

  /** The same server and user, another database. */
  public PostgresEndpoint withDatabase(String name) {
    return new PostgresEndpoint(host, port, name, user, password, tls, rootCertificate, identity);
  }

  @Override
  public String toString() {
    return "postgresql://"
        + user
        + ":***@"
        + host
        + ":"
        + port
        + "/"
        + database
        + "?sslmode="
        + tls.sslmode();
  }
}
