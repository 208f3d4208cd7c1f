package dev.starling.auth;

import dev.starling.auth.CredentialStore.Credential;
import dev.starling.auth.RefreshTokenStore.Session;
import dev.starling.bus.CallContext;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps people signed in and signs them out: refresh tokens that are used once (RFC 9700, 4.14.2).
 * Confined to its context.
 */
final class Sessions {
  private static final Logger log = LoggerFactory.getLogger(Sessions.class);

  private final Shared shared;
  private final Users users;
  private final Revocations revocations;

  Sessions(Shared shared, Users users, Revocations revocations) {
    this.shared = shared;
    this.users = users;
    this.revocations = revocations;
  }

  /** New tokens for a refresh token, or null when it is not good, or not any more. */
  Future<@Nullable TokenPair> refresh(String text, CallContext call) {
    RefreshToken token = RefreshToken.parse(text);
    if (token == null) {
      return Future.succeededFuture();
    }
    return shared.refreshTokens().find(token.family(), call).compose(s -> refresh(token, s, call));
  }

  /** Ends the family of a refresh token and voids its newest access token. */
  Future<Void> end(String text, CallContext call) {
    RefreshToken token = RefreshToken.parse(text);
    if (token == null) {
      return Future.succeededFuture();
    }
    return shared
        .refreshTokens()
        .find(token.family(), call)
        .compose(
            session ->
                session == null
                    ? Future.succeededFuture()
                    : end(session, revocationFor(session, token), call));
  }

  private Future<@Nullable TokenPair> refresh(
      RefreshToken token, @Nullable Session session, CallContext call) {
    if (session == null || session.isExpired(shared.clock().instant())) {
      return Future.succeededFuture();
    }
    if (!session.isCurrent(token)) {
      return reused(session, call);
    }
    return users
        .exists(session.userId(), call)
        .compose(
            exists ->
                exists
                    ? shared.credentials().find(session.userId(), call)
                    : Future.succeededFuture())
        .compose(
            credential ->
                credential == null
                    ? end(session, ofSubject(session), call).mapEmpty()
                    : rotate(token, session, credential, call));
  }

  private Future<@Nullable TokenPair> rotate(
      RefreshToken token, Session session, Credential credential, CallContext call) {
    UUID family = session.family();
    Instant expiresAt = shared.clock().instant().plus(shared.config().refreshTokenLifetime());
    return shared
        .pool()
        .run(call, () -> TokenPair.mint(family, credential.userId(), credential.scopes(), shared))
        .compose(
            tokens ->
                shared
                    .refreshTokens()
                    .rotate(token, tokens.refresh(), expiresAt, tokens.access(), call)
                    .compose(
                        rotation ->
                            switch (rotation) {
                              case ROTATED -> Future.succeededFuture(tokens);
                              case REUSED -> reused(session, call);
                              case GONE -> Future.succeededFuture();
                            }));
  }

  /**
   * Two parties have had this token, and which of them is the owner cannot be told: nobody keeps
   * the session, and no access token that came from it stays good.
   */
  private Future<@Nullable TokenPair> reused(Session session, CallContext call) {
    log.warn("A used refresh token of user {} came again; its session was ended", session.userId());
    return end(session, ofSubject(session), call).mapEmpty();
  }

  private Future<Void> end(Session session, TokensRevoked revocation, CallContext call) {
    return shared
        .refreshTokens()
        .end(session.family(), revocation, call)
        .onSuccess(
            ended -> {
              if (ended) {
                revocations.announce(revocation);
              }
            })
        .mapEmpty();
  }

  /** The owner signs out with the newest token; an older one may be in other hands. */
  private TokensRevoked revocationFor(Session session, RefreshToken token) {
    return session.isCurrent(token) ? session.accessRevocation() : ofSubject(session);
  }

  private TokensRevoked ofSubject(Session session) {
    return revocations.ofSubject(session.userId().toString());
  }
}
