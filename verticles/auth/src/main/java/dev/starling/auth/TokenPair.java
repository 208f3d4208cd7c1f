package dev.starling.auth;

import java.util.Collection;
import java.util.UUID;

/** An access token and the refresh token that comes with it. */
record TokenPair(TokenIssuer.Issued access, RefreshToken refresh) {

  /** A new pair of a family; signs, so not for an event loop. */
  static TokenPair mint(UUID family, UUID userId, Collection<String> scopes, Shared shared) {
    return new TokenPair(
        shared.issuer().issue(userId, scopes), RefreshToken.generate(family, shared.random()));
  }
}
