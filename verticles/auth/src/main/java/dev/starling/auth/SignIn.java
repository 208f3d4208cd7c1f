package dev.starling.auth;

import dev.starling.auth.CredentialStore.Credential;
import dev.starling.bus.CallContext;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives tokens for a password. Confined to its context. */
final class SignIn {
  private static final Duration BACKGROUND_LIMIT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(SignIn.class);

  /** Belongs to nobody. */
  private static final UUID NOBODY = new UUID(0, 0);

  private final Shared shared;
  private final Users users;

  SignIn(Shared shared, Users users) {
    this.shared = shared;
    this.users = users;
  }

  /** A session with its first tokens. */
  private record Opened(TokenPair tokens, UUID userId, @Nullable Rehash rehash) {}

  private record Rehash(String oldHash, String newHash) {}

  /**
   * Tokens, or null.
   *
   * <p>An unknown address costs what a wrong password costs: the same look-ups, the same hash.
   */
  Future<@Nullable TokenPair> signIn(String email, String password, CallContext call) {
    return users
        .findByEmail(email, call)
        .compose(userId -> shared.credentials().find(userId == null ? NOBODY : userId, call))
        .compose(credential -> shared.pool().run(call, () -> open(credential, password)))
        .compose(opened -> opened == null ? Future.succeededFuture() : store(opened, call));
  }

  private @Nullable Opened open(@Nullable Credential credential, String password) {
    Argon2id hashing = shared.hashing();
    String stored = credential == null ? hashing.unmatchable() : credential.passwordHash();
    if (!hashing.matches(password, stored) || credential == null) {
      return null;
    }
    UUID userId = credential.userId();
    return new Opened(
        TokenPair.mint(UUID.randomUUID(), userId, credential.scopes(), shared),
        userId,
        hashing.isCurrent(stored) ? null : new Rehash(stored, hashing.hash(password)));
  }

  private Future<TokenPair> store(Opened opened, CallContext call) {
    TokenPair tokens = opened.tokens;
    return shared
        .refreshTokens()
        .insert(
            tokens.refresh(),
            opened.userId,
            shared.clock().instant().plus(shared.config().refreshTokenLifetime()),
            tokens.access(),
            call)
        .onSuccess(stored -> rehash(opened))
        .map(tokens);
  }

  /** Moves a password to the cost that is configured now, for which nobody has to wait. */
  private void rehash(Opened opened) {
    Rehash rehash = opened.rehash;
    if (rehash != null) {
      shared
          .credentials()
          .replaceHash(
              opened.userId, rehash.oldHash, rehash.newHash, Background.call(BACKGROUND_LIMIT))
          .onFailure(failure -> log.debug("Kept the old hash of {}", opened.userId, failure));
    }
  }
}
