package dev.starling.auth;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.EmailTaken;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a new user together with the users service. Confined to its context.
 *
 * <p>Failures: {@code INVALID_ARGUMENT} for an address or name that the users service does not
 * take; whatever {@link BusException} or SQL failure says that nothing was kept; {@code
 * UNKNOWN_OUTCOME} when the last step may or may not have happened.
 */
final class Registrar {
  /*
   * Reserve the address, store the credential, confirm the user. Only the last step makes the user
   * real, so a failure before it means that nobody was signed up, however that step ended: what is
   * left is a hold that expires and an unconfirmed row that the sweeper removes.
   *
   * Confirming may be repeated. Each attempt is made here rather than by the bus, because "nothing
   * was done" may only be said if that is sure of every attempt.
   */
  private static final int CONFIRM_ATTEMPTS = 3;

  private static final long CONFIRM_PAUSE_MILLIS = 100;
  private static final Duration BACKGROUND_LIMIT = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(Registrar.class);

  private final Vertx vertx;
  private final Shared shared;
  private final Users users;

  Registrar(Vertx vertx, Shared shared, Users users) {
    this.vertx = vertx;
    this.shared = shared;
    this.users = users;
  }

  /** Who is to be made. */
  record NewUser(UUID id, String email, String name, String password, Collection<String> scopes) {
    /** Without the password. */
    @Override
    public String toString() {
      return "NewUser[" + id + ", " + scopes + "]";
    }
  }

  /** Confirmed, or the address belongs to somebody else. */
  Future<Confirmation> register(NewUser user, CallContext call) {
    return prepare(user, call)
        .recover(failure -> Future.failedFuture(Refusals.withoutEffect(failure)))
        .compose(
            prepared ->
                prepared
                    ? confirm(user.id(), call, 1, false)
                    : Future.succeededFuture(new EmailTaken()));
  }

  private Future<Boolean> prepare(NewUser user, CallContext call) {
    return users
        .reserve(user.id(), user.email(), user.name(), call)
        .compose(reserved -> reserved ? store(user, call) : Future.succeededFuture(false));
  }

  private Future<Boolean> store(NewUser user, CallContext call) {
    return shared
        .pool()
        .run(call, () -> shared.hashing().hash(user.password()))
        .compose(
            hash ->
                shared
                    .credentials()
                    .insert(user.id(), hash, user.scopes(), shared.clock().instant(), call))
        .map(true);
  }

  private Future<Confirmation> confirm(
      UUID userId, CallContext call, int attempt, boolean mayHaveHappened) {
    return users
        .confirmOnce(userId, call)
        .map(confirmation -> settled(userId, confirmation))
        .recover(
            failure -> {
              boolean uncertain = mayHaveHappened || !isCertain(failure);
              if (attempt >= CONFIRM_ATTEMPTS || call.isExpired(System.nanoTime())) {
                return Future.failedFuture(giveUp(userId, failure, uncertain));
              }
              return vertx
                  .timer(CONFIRM_PAUSE_MILLIS)
                  .compose(pause -> confirm(userId, call, attempt + 1, uncertain));
            });
  }

  /** Brings the credential in line with the user, for which nobody has to wait. */
  private Confirmation settled(UUID userId, Confirmation confirmation) {
    CallContext background = Background.call(BACKGROUND_LIMIT);
    Future<Void> settling =
        confirmation instanceof Confirmed
            ? shared.credentials().confirm(userId, shared.clock().instant(), background)
            : shared.credentials().deleteUnconfirmed(userId, background);
    settling.onFailure(failure -> log.debug("Left to the sweeper: {}", userId, failure));
    return confirmation;
  }

  private Throwable giveUp(UUID userId, Throwable failure, boolean uncertain) {
    if (uncertain) {
      return new BusException(ErrorCode.UNKNOWN_OUTCOME, String.valueOf(failure.getMessage()));
    }
    shared
        .credentials()
        .deleteUnconfirmed(userId, Background.call(BACKGROUND_LIMIT))
        .onFailure(left -> log.debug("Left to the sweeper: {}", userId, left));
    return failure;
  }

  private static boolean isCertain(Throwable failure) {
    return failure instanceof BusException bus && bus.code().notExecuted();
  }
}
