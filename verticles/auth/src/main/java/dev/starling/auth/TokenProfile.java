package dev.starling.auth;

import java.time.Duration;
import java.util.Set;

/**
 * What an access token of this cluster must say. Immutable.
 *
 * @param issuer the only {@code iss} that is accepted
 * @param audience what {@code aud} must name
 * @param leeway how far {@code iat} and {@code nbf} may lie in the future; {@code exp} has none
 * @param maxLifetime the longest accepted time from {@code iat} to {@code exp}
 * @param defaultScopes granted by a token without {@code scope}
 */
record TokenProfile(
    String issuer,
    String audience,
    Duration leeway,
    Duration maxLifetime,
    Set<String> defaultScopes) {

  TokenProfile {
    defaultScopes = Set.copyOf(defaultScopes);
  }
}
