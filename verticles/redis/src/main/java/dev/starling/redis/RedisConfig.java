package dev.starling.redis;

import static dev.starling.sdk.Bounds.within;

import dev.starling.sdk.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node reaches Redis and how much it may ask of it: section {@code redis}.
 *
 * <p>Immutable. A value out of range gives an {@link IllegalArgumentException} that names the key,
 * the value and what was expected.
 *
 * @param uri {@code redis://user:password@host:6379/0}, {@code rediss://} for TLS; empty for no
 *     Redis
 * @param password takes the place of the one in the URI, so that it can come from a file
 * @param poolSize connections; each carries many commands at once
 * @param maxWaiting commands that may wait for an answer on each connection; one more fails at once
 * @param commandTimeout longest wait for an answer, unless the caller says otherwise
 * @param connectTimeout longest wait for a connection that is ready to be used
 */
public record RedisConfig(
    String uri,
    Secret password,
    int poolSize,
    int maxWaiting,
    Duration commandTimeout,
    Duration connectTimeout) {

  private static final Duration MILLISECOND = Duration.ofMillis(1);

  public RedisConfig(
      @Nullable String uri,
      @Nullable Secret password,
      int poolSize,
      int maxWaiting,
      Duration commandTimeout,
      Duration connectTimeout) {
    this.uri = uri == null ? "" : uri.strip();
    this.password = password == null ? Secret.NONE : password;
    this.poolSize = within("pool-size", poolSize, 1, 64);
    this.maxWaiting = within("max-waiting", maxWaiting, 1, 100_000);
    this.commandTimeout =
        within("command-timeout", commandTimeout, MILLISECOND, Duration.ofSeconds(10));
    this.connectTimeout =
        within("connect-timeout", connectTimeout, MILLISECOND, Duration.ofMinutes(1));
    if (!this.uri.isEmpty()) {
      RedisUri.parse(this.uri);
    }
  }

  /** No Redis; with one, two connections, 20 ms for an answer, 1 s for a connection. */
  public static RedisConfig defaults() {
    return new RedisConfig("", Secret.NONE, 2, 4096, Duration.ofMillis(20), Duration.ofSeconds(1));
  }

  public boolean configured() {
    return !uri.isEmpty();
  }

  /** Where Redis is, and how to sign in. */
  RedisUri endpoint() {
    RedisUri parsed = RedisUri.parse(uri);
    return password.isPresent() ? parsed.withPassword(password.value()) : parsed;
  }

  /** Every component, without passwords. */
  @Override
  public String toString() {
    return "RedisConfig[uri="
        + (configured() ? endpoint() : "none")
        + ", poolSize="
        + poolSize
        + ", maxWaiting="
        + maxWaiting
        + ", commandTimeout="
        + commandTimeout
        + ", connectTimeout="
        + connectTimeout
        + "]";
  }
}
