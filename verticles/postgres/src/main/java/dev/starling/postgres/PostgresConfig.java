package dev.starling.postgres;

import static dev.starling.sdk.Bounds.within;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node reaches PostgreSQL and how much it may ask of it.
 *
 * <p>Immutable. A value out of range gives an {@link IllegalArgumentException} that names the key,
 * the value and what was expected.
 *
 * @param uri {@code postgresql://user:password@host:5432/database?sslmode=verify-full}; empty or
 *     null starts the embedded server
 * @param poolSize connections this process may hold
 * @param maxWaiting callers that may wait for a connection; one more is refused at once
 * @param connectTimeout longest wait for a TCP connection to the server
 * @param acquireTimeout longest wait for a connection from the pool
 * @param statementTimeout longest run of one statement, kept by the server
 * @param embeddedPort loopback port of the embedded server; 0 chooses a free one and remembers it
 */
public record PostgresConfig(
    String uri,
    int poolSize,
    int maxWaiting,
    Duration connectTimeout,
    Duration acquireTimeout,
    Duration statementTimeout,
    int embeddedPort) {

  private static final int DEFAULT_POOL_SIZE = 16;
  private static final int WAITING_PER_CONNECTION = 4;
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  public PostgresConfig(
      @Nullable String uri,
      int poolSize,
      int maxWaiting,
      Duration connectTimeout,
      Duration acquireTimeout,
      Duration statementTimeout,
      int embeddedPort) {
    this.uri = uri == null ? "" : uri.strip();
    this.poolSize = within("pool-size", poolSize, 1, 1_000);
    this.maxWaiting = within("max-waiting", maxWaiting, 0, 100_000);
    this.connectTimeout =
        within("connect-timeout", connectTimeout, MILLISECOND, Duration.ofMinutes(1));
    this.acquireTimeout =
        within("acquire-timeout", acquireTimeout, MILLISECOND, Duration.ofMinutes(1));
    this.statementTimeout =
        within("statement-timeout", statementTimeout, MILLISECOND, Duration.ofHours(1));
    this.embeddedPort = within("embedded-port", embeddedPort, 0, 65_535);
    if (!this.uri.isEmpty()) {
      PostgresEndpoint.parse(this.uri);
    }
  }

  /** The embedded server, 16 connections, 250 ms to acquire one, 2 s per statement. */
  public static PostgresConfig defaults() {
    return new PostgresConfig(
        "",
        DEFAULT_POOL_SIZE,
        WAITING_PER_CONNECTION * DEFAULT_POOL_SIZE,
        Duration.ofSeconds(2),
        Duration.ofMillis(250),
        Duration.ofSeconds(2),
        0);
  }

  /** The same bounds for another server. */
  public PostgresConfig at(String otherUri) {
    return new PostgresConfig(
        otherUri,
        poolSize,
        maxWaiting,
        connectTimeout,
        acquireTimeout,
        statementTimeout,
        embeddedPort);
  }

  /** With another number of connections, for which as many callers may wait as before. */
  public PostgresConfig withPoolSize(int size) {
    return new PostgresConfig(
        uri, size, maxWaiting, connectTimeout, acquireTimeout, statementTimeout, embeddedPort);
  }

  /** Whether this node brings its own server. */
  public boolean embedded() {
    return uri.isEmpty();
  }

  /** Every component; the URI without its password. */
  @Override
  public String toString() {
    return "PostgresConfig[uri="
        + (embedded() ? "embedded" : PostgresEndpoint.parse(uri))
        + ", poolSize="
        + poolSize
        + ", maxWaiting="
        + maxWaiting
        + ", connectTimeout="
        + connectTimeout
        + ", acquireTimeout="
        + acquireTimeout
        + ", statementTimeout="
        + statementTimeout
        + ", embeddedPort="
        + embeddedPort
        + "]";
  }
}
