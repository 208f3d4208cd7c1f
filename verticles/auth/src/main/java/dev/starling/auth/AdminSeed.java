package dev.starling.auth;

import dev.starling.auth.CredentialStore.Credential;
import dev.starling.auth.Registrar.NewUser;
import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.contract.users.UsersContract.Confirmed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that there is an administrator. Confined to its context.
 *
 * <p>Runs beside the start of the node, which does not wait for it: the users service may come
 * later or run elsewhere. Nodes that run it at the same time, or again, leave one administrator
 * with one password.
 */
final class AdminSeed {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** With the pauses above about ten minutes. */
  private static final int ATTEMPTS = 65;

  /** Pauses until then are what a start takes, and nothing to tell operators about. */
  private static final int QUIET_ATTEMPTS = 8;

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int PASSWORD_BYTES = 18;
  private static final Logger log = LoggerFactory.getLogger(AdminSeed.class);

  private final Vertx vertx;
  private final Shared shared;
  private final Users users;
  private final Registrar registrar;
  private final Revocations revocations;
  private final AdminConfig config;
  private boolean stopped;

  AdminSeed(
      Vertx vertx,
      Shared shared,
      Users users,
      Registrar registrar,
      Revocations revocations,
      AdminConfig config) {
    this.vertx = vertx;
    this.shared = shared;
    this.users = users;
    this.registrar = registrar;
    this.revocations = revocations;
    this.config = config;
  }

  /** Tries until there is an administrator; fails when attempts run out, or after a stop. */
  Future<Void> run() {
    return attempt(1, FIRST_PAUSE);
  }

  /** No further attempt. */
  void stop() {
    stopped = true;
  }

  private Future<Void> attempt(int number, Duration pause) {
    return seed(Background.call(LIMIT))
        .recover(
            failure -> {
              if (stopped) {
                return Future.failedFuture(failure);
              }
              if (number >= ATTEMPTS) {
                log.error("There is no administrator; restart a node to try again", failure);
                return Future.failedFuture(failure);
              }
              if (number == QUIET_ATTEMPTS) {
                log.warn("The administrator cannot be made yet: {}", failure.getMessage());
              }
              Duration next = pause.multipliedBy(2);
              return vertx
                  .timer(pause.toMillis())
                  .compose(
                      paused ->
                          attempt(
                              number + 1,
                              next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE));
            });
  }

  private Future<Void> seed(CallContext call) {
    if (!config.email().isEmpty()) {
      return ensure(config.email(), call);
    }
    return shared
        .credentials()
        .hasAdmin(call)
        .compose(
            exists -> exists ? Future.succeededFuture() : ensure(AdminConfig.DEFAULT_EMAIL, call));
  }

  private Future<Void> ensure(String email, CallContext call) {
    return users
        .findByEmail(email, call)
        .compose(userId -> userId == null ? register(email, call) : promote(userId, email, call));
  }

  private Future<Void> register(String email, CallContext call) {
    String password = password();
    NewUser admin =
        new NewUser(UUID.randomUUID(), email, "Administrator", password, Set.of(Principal.ADMIN));
    return registrar
        .register(admin, call)
        .compose(
            confirmation -> {
              if (!(confirmation instanceof Confirmed)) {
                return again("another node has reserved " + email);
              }
              tell(email, password);
              return Future.succeededFuture();
            });
  }

  private Future<Void> promote(UUID userId, String email, CallContext call) {
    return shared
        .credentials()
        .find(userId, call)
        .compose(
            credential ->
                isDone(credential, call)
                    .compose(
                        done ->
                            done
                                ? Future.succeededFuture()
                                : replace(userId, credential, email, call)));
  }

  /** An administrator already, with the configured password if there is one. */
  private Future<Boolean> isDone(@Nullable Credential credential, CallContext call) {
    if (credential == null || !credential.isAdmin()) {
      return Future.succeededFuture(false);
    }
    return config.password().isPresent()
        ? shared
            .pool()
            .run(
                call,
                () ->
                    shared.hashing().matches(config.password().value(), credential.passwordHash()))
        : Future.succeededFuture(true);
  }

  /**
   * Whoever signed up under the administrator's address does not become administrator: password,
   * sessions and tokens are replaced too.
   */
  private Future<Void> replace(
      UUID userId, @Nullable Credential old, String email, CallContext call) {
    String password = password();
    TokensRevoked revocation = revocations.ofSubject(userId.toString());
    return shared
        .pool()
        .run(call, () -> shared.hashing().hash(password))
        .compose(
            hash ->
                shared
                    .credentials()
                    .makeAdmin(
                        userId,
                        old == null ? null : old.passwordHash(),
                        hash,
                        shared.clock().instant(),
                        revocation,
                        call))
        .compose(
            made -> {
              if (!made) {
                return again("another node has changed " + email);
              }
              revocations.announce(revocation);
              tell(email, password);
              return Future.succeededFuture();
            });
  }

  private String password() {
    if (config.password().isPresent()) {
      return config.password().value();
    }
    byte[] bytes = new byte[PASSWORD_BYTES];
    shared.random().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private void tell(String email, String password) {
    if (config.password().isPresent()) {
      log.info("The administrator is {} with the configured password", email);
    } else {
      // The only place where it is ever shown; what is stored is a hash.
      log.warn("The administrator is {} with the password {} (shown once)", email, password);
    }
  }

  private static Future<Void> again(String reason) {
    return Future.failedFuture(new IllegalStateException(reason));
  }
}
