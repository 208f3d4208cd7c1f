package dev.starling.auth;

import static dev.starling.sdk.Bounds.within;

import dev.starling.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The section {@code auth} of the configuration. Immutable; its constructors validate.
 *
 * @param issuer the {@code iss} of tokens
 * @param audience the {@code aud} of tokens
 * @param accessTokenLifetime how long an access token made here is good
 * @param maxAcceptedLifetime the longest lifetime of an access token that is accepted, which bounds
 *     those that others sign with {@code hs256Secret}
 * @param refreshTokenLifetime how long a refresh token is good
 * @param leeway how far {@code iat} and {@code nbf} may lie in the future
 * @param rotateAfter the age at which a signing key is replaced
 * @param hs256Secret accepts tokens signed with HS256 and this secret; empty accepts none
 * @param defaultScopes granted to a new user, and by an HS256 token without {@code scope}
 * @param verifiedTokenCache remembers tokens that were verified
 * @param badTokens bounds the work spent on bad tokens
 * @param hashing the cost of passwords
 */
public record AuthConfig(
    String issuer,
    String audience,
    Duration accessTokenLifetime,
    Duration maxAcceptedLifetime,
    Duration refreshTokenLifetime,
    Duration leeway,
    Duration rotateAfter,
    Secret hs256Secret,
    List<String> defaultScopes,
    VerifiedTokenCache verifiedTokenCache,
    BadTokens badTokens,
    Hashing hashing) {
  static final String SECTION = "auth";

  /** An HMAC key must be as long as its hash (RFC 7518, 3.2). */
  private static final int MIN_SECRET_BYTES = 32;

  public AuthConfig {
    notBlank("issuer", issuer);
    notBlank("audience", audience);
    within("access-token-lifetime", accessTokenLifetime, Duration.ofSeconds(1), Duration.ofDays(1));
    within("max-accepted-lifetime", maxAcceptedLifetime, accessTokenLifetime, Duration.ofDays(30));
    within(
        "refresh-token-lifetime",
        refreshTokenLifetime,
        Duration.ofMinutes(1),
        Duration.ofDays(365));
    // RFC 8725 and its successor leave no room for more than a minute.
    within("leeway", leeway, Duration.ZERO, Duration.ofMinutes(1));
    within("rotate-after", rotateAfter, Duration.ofHours(1), Duration.ofDays(3650));
    int secretBytes = hs256Secret.value().getBytes(StandardCharsets.UTF_8).length;
    if (hs256Secret.isPresent() && secretBytes < MIN_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "hs256-secret: %d bytes (expected: none or >= %d bytes)"
              .formatted(secretBytes, MIN_SECRET_BYTES));
    }
    defaultScopes = List.copyOf(defaultScopes);
    for (String scope : defaultScopes) {
      if (!Scopes.isScope(scope)) {
        throw new IllegalArgumentException(
            "default-scopes: " + scope + " (expected: names such as orders:read)");
      }
    }
  }

  /**
   * @param enabled off for a benchmark of the signature itself
   * @param maxEntries tokens that a node remembers; one costs about 1 KiB
   */
  public record VerifiedTokenCache(boolean enabled, int maxEntries) {
    public VerifiedTokenCache {
      within("max-entries", maxEntries, 1, 1_000_000);
    }
  }

  /**
   * @param limit bad tokens that one client address may send in a window
   * @param window how long they are counted, and an address is refused at most
   * @param maxAddresses addresses that a node counts for; the least recently seen is forgotten
   */
  public record BadTokens(int limit, Duration window, int maxAddresses) {
    public BadTokens {
      within("limit", limit, 1, 1_000_000);
      within("window", window, Duration.ofSeconds(1), Duration.ofHours(1));
      within("max-addresses", maxAddresses, 16, 1_000_000);
    }
  }

  /**
   * Argon2id (RFC 9106) and the threads that it runs on.
   *
   * @param memoryKib memory of one hash in KiB
   * @param iterations passes over the memory
   * @param threads hashes at a time, each on one thread; 0 is half the processors
   * @param queue calls that may wait for a thread; one more is refused
   */
  public record Hashing(int memoryKib, int iterations, int threads, int queue) {
    public Hashing {
      within("memory-kib", memoryKib, 8, 1 << 20);
      within("iterations", iterations, 1, 100);
      within("threads", threads, 0, 256);
      within("queue", queue, 1, 100_000);
    }
  }

  /** 15 min tokens, 24 h accepted, OWASP's Argon2id (19 MiB, 2 passes), no HS256. */
  public static AuthConfig defaults() {
    return new AuthConfig(
        "starling",
        "starling",
        Duration.ofMinutes(15),
        Duration.ofHours(24),
        Duration.ofDays(30),
        Duration.ofSeconds(30),
        Duration.ofDays(30),
        Secret.NONE,
        List.of(),
        new VerifiedTokenCache(true, 10_000),
        new BadTokens(50, Duration.ofSeconds(10), 10_000),
        new Hashing(19 * 1024, 2, 0, 64));
  }

  TokenProfile profile() {
    return new TokenProfile(
        issuer, audience, leeway, maxAcceptedLifetime, Set.copyOf(defaultScopes));
  }

  private static void notBlank(String key, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(key + ": blank (expected: a name)");
    }
  }
}
