package dev.starling.notifications;

import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Absent;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The other side of {@link UsersContract#FIND}, in memory, served over the real bus. */
final class TestAddresses extends ServiceVerticle {
  private final Map<String, String> byId = new ConcurrentHashMap<>();

  void put(String userId, String address) {
    byId.put(userId, address);
  }

  @Override
  public String name() {
    return UsersContract.SERVICE;
  }

  @Override
  protected Future<?> open() {
    return serve(
        UsersContract.FIND,
        (find, context) -> {
          String address = byId.get(find.userId());
          return Future.succeededFuture(
              address == null ? new Absent() : new Found(find.userId(), address));
        });
  }
}
