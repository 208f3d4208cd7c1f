package dev.starling.users;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Absent;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.EmailTaken;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Finding;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.contract.users.UsersContract.Reservation;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.contract.users.UsersContract.Reserved;
import dev.starling.contract.users.UsersContract.UserChanged;
import dev.starling.sdk.Uuids;
import dev.starling.users.EmailTable.Attempt;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Answers other services: {@link UsersContract}. Confined to the context of its instance. */
final class Registrations {
  private static final String EXPECTED_UUID = "must be a UUID";

  private final UserStore store;
  private final EmailClaims claims;
  private final Bus bus;
  private final InstantSource clock;
  private final Duration reservationLife;

  Registrations(
      UserStore store, EmailClaims claims, Bus bus, InstantSource clock, Duration reservationLife) {
    this.store = store;
    this.claims = claims;
    this.bus = bus;
    this.clock = clock;
    this.reservationLife = reservationLife;
  }

  Future<Reservation> reserve(Reserve request, CallContext call) {
    UUID id = Uuids.parse(request.userId());
    EmailAddress email = EmailAddress.parse(request.email());
    if (id == null) {
      return malformed("user id: " + EXPECTED_UUID);
    }
    if (email == null) {
      return malformed("email: " + EmailAddress.EXPECTATION);
    }
    if (!UserName.isValid(request.name())) {
      return malformed(
          "name: %s, at most %d long".formatted(UserName.EXPECTATION, UserName.MAX_LENGTH));
    }
    Instant now = now();
    return claims
        .reserve(id, email, request.name(), now, now.plus(reservationLife), call)
        .compose(outcome -> reservation(outcome, request.userId()))
        .recover(SqlAnswers::busFailure);
  }

  Future<Confirmation> confirm(Confirm request, CallContext call) {
    UUID id = Uuids.parse(request.userId());
    if (id == null) {
      return malformed("user id: " + EXPECTED_UUID);
    }
    return store
        .look(id, call)
        .compose(
            look ->
                look.user() == null
                    ? become(id, look.writableUntil(), call)
                    : Future.succeededFuture(confirmed(look.user())))
        .recover(SqlAnswers::busFailure);
  }

  private Future<Confirmation> become(UUID id, OffsetDateTime writableUntil, CallContext call) {
    Instant now = now();
    return claims
        .takeAttempt(id, now, call)
        .compose(
            attempt ->
                attempt == null
                    // Or another call has confirmed since.
                    ? existing(id, call, Future.succeededFuture(new EmailTaken()))
                    : claims
                        .claim(attempt.email().key(), id, call)
                        .compose(
                            claim ->
                                claim == null
                                    ? Future.succeededFuture(new EmailTaken())
                                    : insert(id, attempt, now, writableUntil, call)));
  }

  private Future<Confirmation> insert(
      UUID id, Attempt attempt, Instant now, OffsetDateTime writableUntil, CallContext call) {
    return store
        .insert(id, attempt.email(), attempt.name(), now, writableUntil, call)
        .compose(
            made -> {
              if (made == null) {
                return existing(id, call, SqlAnswers.tooLate());
              }
              bus.publish(
                  UsersContract.CHANGED, new UserChanged(id.toString(), made.version(), false));
              return Future.succeededFuture(confirmed(made));
            });
  }

  /** The user, or what holds when there is none. */
  private Future<Confirmation> existing(UUID id, CallContext call, Future<Confirmation> otherwise) {
    return store
        .byId(id, call)
        .compose(user -> user == null ? otherwise : Future.succeededFuture(confirmed(user)));
  }

  Future<Finding> find(Find request, CallContext call) {
    if (request.userId().isEmpty() == request.email().isEmpty()) {
      return malformed(
          "find: %s (expected: either a user id or an e-mail address)"
              .formatted(request.userId().isEmpty() ? "neither" : "both"));
    }
    UUID id = Uuids.parse(request.userId());
    EmailAddress email = EmailAddress.parse(request.email());
    if (id == null && email == null) {
      // Nobody can have been stored under what is no id and no address.
      return Future.succeededFuture(new Absent());
    }
    return (id != null ? store.byId(id, call) : claims.find(email, call))
        .<Finding>map(
            user -> user == null ? new Absent() : new Found(user.id().toString(), user.email()))
        .recover(SqlAnswers::busFailure);
  }

  private static Future<Reservation> reservation(EmailClaims.Reserving outcome, String userId) {
    return switch (outcome) {
      case HELD -> Future.succeededFuture(new Reserved(userId));
      case TAKEN -> Future.succeededFuture(new EmailTaken());
      case ID_IN_USE ->
          malformed("user id: in use for another address (expected: a new id for each attempt)");
    };
  }

  private static Confirmation confirmed(User user) {
    return new Confirmed(
        user.id().toString(), user.email(), user.name(), user.createdAt().toString());
  }

  /** What PostgreSQL keeps of the time, so that a user looks the same when it is read again. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static <T> Future<T> malformed(String message) {
    return Future.failedFuture(new BusException(ErrorCode.INVALID_ARGUMENT, message));
  }
}
