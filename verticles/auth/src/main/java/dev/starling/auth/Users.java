package dev.starling.auth;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.contract.users.UsersContract.Reserved;
import io.vertx.core.Future;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The users service as this one needs it. Confined to the context of its bus. */
final class Users {
  private final Bus bus;

  Users(Bus bus) {
    this.bus = bus;
  }

  /** Holds an address; false when somebody has it. */
  Future<Boolean> reserve(UUID userId, String email, String name, CallContext call) {
    return bus.call(
            UsersContract.RESERVE,
            new Reserve(userId.toString(), email, name),
            call.withSafeToRetry(true))
        .map(Reserved.class::isInstance);
  }

  /** One attempt to confirm, which the bus does not repeat: the caller must know what was tried. */
  Future<Confirmation> confirmOnce(UUID userId, CallContext call) {
    return bus.call(
        UsersContract.CONFIRM, new Confirm(userId.toString()), call.withSafeToRetry(false));
  }

  /** The user with this address, or null. */
  Future<@Nullable UUID> findByEmail(String email, CallContext call) {
    return find(new Find("", email), call);
  }

  Future<Boolean> exists(UUID userId, CallContext call) {
    return find(new Find(userId.toString(), ""), call).map(found -> found != null);
  }

  private Future<@Nullable UUID> find(Find request, CallContext call) {
    return bus.call(UsersContract.FIND, request, call.withSafeToRetry(true))
        .map(finding -> finding instanceof Found found ? UUID.fromString(found.userId()) : null);
  }
}
