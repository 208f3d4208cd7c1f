package dev.starling.users;

import dev.starling.bus.CallContext;
import dev.starling.users.EmailTable.Held;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who may have an e-mail address: by the claims in the home database, and where one is in
 * the way by its user's shard, which is the truth. See docs/adr/0026-one-email-one-user.md.
 *
 * <p>Thread-safe. Nothing here is visible to anybody, so a failure means that nothing was done,
 * whether or not a claim is left behind.
 */
final class EmailClaims {
  private static final Logger log = LoggerFactory.getLogger(EmailClaims.class);

  /** What is done already is answered in time, whatever becomes of the rest. */
  private static final Duration LET_GO_LIMIT = Duration.ofMillis(500);

  private final EmailTable table;
  private final UserStore users;

  EmailClaims(EmailTable table, UserStore users) {
    this.table = table;
    this.users = users;
  }

  /**
   * A right to an address, to be used at once.
   *
   * @param number greater than that of every earlier claim
   * @param isFirst false when the user had claimed it before
   */
  record Claim(String emailKey, UUID user, long number, boolean isFirst) {}

  /** How an attempt to hold an address ended. */
  enum Reserving {
    HELD,
    /** A user has the address. */
    TAKEN,
    /** The id belongs to an attempt for another address, or to a user with another one. */
    ID_IN_USE
  }

  /** The user with this address, or null. */
  Future<@Nullable User> find(EmailAddress email, CallContext call) {
    return table
        .holder(email.key(), call)
        .compose(
            holder ->
                holder == null
                    ? Future.succeededFuture()
                    : users.withEmail(holder, email.key(), call));
  }

  /** Holds an address until {@code expiresAt}; repeating it changes nothing. */
  Future<Reserving> reserve(
      UUID id, EmailAddress email, String name, Instant now, Instant expiresAt, CallContext call) {
    return reserve(id, email, name, now, expiresAt, EmailTable.NONE, call);
  }

  private Future<Reserving> reserve(
      UUID id,
      EmailAddress email,
      String name,
      Instant now,
      Instant expiresAt,
      long dangling,
      CallContext call) {
    return table
        .reserve(id, email, name, now, expiresAt, dangling, call)
        .compose(
            outcome -> {
              if (outcome.otherAddress()) {
                return Future.succeededFuture(Reserving.ID_IN_USE);
              }
              Held held = outcome.held();
              if (held == null) {
                return Future.succeededFuture(Reserving.HELD);
              }
              return users
                  .withEmail(held.user(), email.key(), call)
                  .compose(
                      user ->
                          user == null
                              ? reserve(id, email, name, now, expiresAt, held.claim(), call)
                              : Future.succeededFuture(
                                  user.id().equals(id) ? Reserving.HELD : Reserving.TAKEN));
            });
  }

  /** The attempt of {@code id} if it still holds its address, or null. */
  Future<EmailTable.@Nullable Attempt> takeAttempt(UUID id, Instant now, CallContext call) {
    return table.takeAttempt(id, now, call).recover(SqlAnswers::nothingDone);
  }

  /** Claims the address, or gives null when somebody has it or is about to. */
  Future<@Nullable Claim> claim(String emailKey, UUID user, CallContext call) {
    return claim(emailKey, user, EmailTable.NONE, call).recover(SqlAnswers::nothingDone);
  }

  private Future<@Nullable Claim> claim(
      String emailKey, UUID user, long dangling, CallContext call) {
    return table
        .claim(emailKey, user, dangling, call)
        .compose(
            outcome -> {
              if (outcome.number() != EmailTable.NONE) {
                return Future.succeededFuture(
                    new Claim(emailKey, user, outcome.number(), outcome.isFirst()));
              }
              Held held = outcome.held();
              if (held == null || held.user().equals(user)) {
                // Somebody was faster, and is to be seen the next time.
                return claim(emailKey, user, EmailTable.NONE, call);
              }
              return outcome.isSettled()
                  ? takeOver(held, emailKey, user, call)
                  : Future.succeededFuture();
            });
  }

  private Future<@Nullable Claim> takeOver(
      Held held, String emailKey, UUID user, CallContext call) {
    return users
        .withEmail(held.user(), emailKey, call)
        .compose(
            owner ->
                owner != null
                    ? Future.succeededFuture()
                    : claim(emailKey, user, held.claim(), call));
  }

  /** Gives up a claim that was made in vain; succeeds in any case. */
  Future<Void> undo(Claim claim, CallContext call) {
    // One that was made before may be what another attempt, which succeeded, relies on.
    return claim.isFirst() ? letGo(claim.emailKey(), claim, call) : Future.succeededFuture();
  }

  /** Gives up the address that the user had before {@code claim}; succeeds in any case. */
  Future<Void> letGo(String emailKey, Claim claim, CallContext call) {
    return leave(table.letGo(emailKey, claim.user(), claim.number(), limit(call)), claim.user());
  }

  /** Frees the addresses of a user who is gone; succeeds in any case. */
  Future<Void> forget(UUID user, CallContext call) {
    return leave(table.forget(user, limit(call)), user);
  }

  private static Future<Void> leave(Future<Void> done, UUID user) {
    return done.onFailure(
            failure ->
                log.info(
                    "An address that {} had stays claimed until somebody wants it: {}",
                    user,
                    failure.getMessage()))
        .otherwiseEmpty();
  }

  private static Duration limit(CallContext call) {
    Duration half = UserStore.remaining(call).dividedBy(2);
    return half.compareTo(LET_GO_LIMIT) < 0 ? half : LET_GO_LIMIT;
  }
}
