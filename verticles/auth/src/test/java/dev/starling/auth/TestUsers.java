package dev.starling.auth;

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
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The other side of {@link UsersContract}, in memory, served over the real bus. It keeps the
 * contract, except where a test breaks it.
 */
final class TestUsers extends ServiceVerticle {
  private final Map<String, Reserve> held = new ConcurrentHashMap<>();
  private final Map<String, Found> byId = new ConcurrentHashMap<>();

  /** What happens to confirmations. */
  enum Fault {
    NONE,
    /** Refused before anything is done. */
    REFUSED,
    /** Done, but the answer is lost. */
    ANSWER_LOST,
    /** Neither done nor answered as such: the caller cannot know. */
    LOST
  }

  private final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);

  @Override
  public String name() {
    return UsersContract.SERVICE;
  }

  @Override
  protected Future<?> open() {
    return Future.all(
        serve(UsersContract.RESERVE, this::reserve),
        serve(UsersContract.CONFIRM, this::confirm),
        serve(UsersContract.FIND, this::find));
  }

  void breakConfirming(Fault newFault) {
    fault.set(newFault);
  }

  /** Deletes a user and tells everybody. */
  void delete(String userId) {
    byId.remove(userId);
    context.runOnContext(
        now -> bus().publish(UsersContract.CHANGED, new UserChanged(userId, 2, true)));
  }

  /** Deletes a user whose event is lost. */
  void deleteSilently(String userId) {
    byId.remove(userId);
  }

  int count() {
    return byId.size();
  }

  private Future<Reservation> reserve(Reserve request, CallContext call) {
    if (isTaken(request.email())) {
      return Future.succeededFuture(new EmailTaken());
    }
    held.put(key(request.email()), request);
    return Future.succeededFuture(new Reserved(request.userId()));
  }

  private Future<Confirmation> confirm(Confirm request, CallContext call) {
    return switch (fault.get()) {
      case NONE -> Future.succeededFuture(confirm(request.userId()));
      case REFUSED -> failed(ErrorCode.OVERLOADED);
      case LOST -> failed(ErrorCode.NODE_LOST);
      case ANSWER_LOST -> {
        confirm(request.userId());
        yield failed(ErrorCode.NODE_LOST);
      }
    };
  }

  private Confirmation confirm(String userId) {
    Reserve reserve =
        held.values().stream().filter(r -> r.userId().equals(userId)).findAny().orElse(null);
    if (reserve == null || !byId.containsKey(userId) && isTaken(reserve.email())) {
      return new EmailTaken();
    }
    byId.put(userId, new Found(userId, reserve.email()));
    return new Confirmed(userId, reserve.email(), reserve.name(), "2030-01-01T00:00:00Z");
  }

  private Future<Finding> find(Find request, CallContext call) {
    Supplier<Finding> byEmail =
        () ->
            byId.values().stream()
                .filter(user -> key(user.email()).equals(key(request.email())))
                .<Finding>map(user -> user)
                .findAny()
                .orElseGet(Absent::new);
    Finding byName = byId.get(request.userId());
    return Future.succeededFuture(
        request.userId().isEmpty() ? byEmail.get() : byName == null ? new Absent() : byName);
  }

  private boolean isTaken(String email) {
    return byId.values().stream().anyMatch(user -> key(user.email()).equals(key(email)));
  }

  private static String key(String email) {
    return email.toLowerCase(Locale.ROOT);
  }

  private static <T> Future<T> failed(ErrorCode code) {
    return Future.failedFuture(new BusException(code, "as the test wants it"));
  }
}
