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
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Answers other services: {@link UsersContract}. Confined to the context of its instance. */
final class Registrations {
  private static final String EXPECTED_UUID = "must be a UUID";

  private final UserStore store;
  private final Bus bus;
  private final InstantSource clock;
  private final Duration reservationLife;

  Registrations(UserStore store, Bus bus, InstantSource clock, Duration reservationLife) {
    this.store = store;
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
    return store
        .reserve(id, email, request.name(), now, now.plus(reservationLife), call)
        .compose(outcome -> reservation(outcome, request.userId()))
        .recover(SqlAnswers::busFailure);
  }

  Future<Confirmation> confirm(Confirm request, CallContext call) {
    UUID id = Uuids.parse(request.userId());
    if (id == null) {
      return malformed("user id: " + EXPECTED_UUID);
    }
    return store.confirm(id, now(), call).map(this::confirmation).recover(SqlAnswers::busFailure);
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
    return (id != null ? store.byId(id, call) : store.byEmail(email, call))
        .<Finding>map(
            user -> user == null ? new Absent() : new Found(user.id().toString(), user.email()))
        .recover(SqlAnswers::busFailure);
  }

  private static Future<Reservation> reservation(UserStore.Reserving outcome, String userId) {
    return switch (outcome) {
      case HELD -> Future.succeededFuture(new Reserved(userId));
      case TAKEN -> Future.succeededFuture(new EmailTaken());
      case ID_IN_USE ->
          malformed("user id: in use for another address (expected: a new id for each attempt)");
    };
  }

  private Confirmation confirmation(UserStore.Confirming outcome) {
    User user = outcome.user();
    if (user == null) {
      return new EmailTaken();
    }
    String id = user.id().toString();
    if (outcome.isNew()) {
      bus.publish(UsersContract.CHANGED, new UserChanged(id, user.version(), false));
    }
    return new Confirmed(id, user.email(), user.name(), user.createdAt().toString());
  }

  /** What PostgreSQL keeps of the time, so that a user looks the same when it is read again. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static <T> Future<T> malformed(String message) {
    return Future.failedFuture(new BusException(ErrorCode.INVALID_ARGUMENT, message));
  }
}
