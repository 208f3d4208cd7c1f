package dev.starling.devices;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.device.DeviceContract.DeviceRecord;
import dev.starling.contract.device.DeviceContract.Devices;
import dev.starling.contract.device.DeviceContract.ListDevices;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import dev.starling.webhook.SigningSecret;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Registers devices and shows them, to each user his own alone: whose shard a device is in follows
 * from who asks. Confined to the context of its instance.
 */
final class Registry {
  /** For finding out where a web-hook leads; a slower one is found out when it is called. */
  private static final Duration LOOK_UP = Duration.ofSeconds(1);

  private final Shards shards;
  private final WebhookSender sender;
  private final WebhookEvents webhooks;
  private final int maxPerUser;
  private final SecureRandom random;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final Consumer<String> changed;

  /**
   * @param changed is told of each user who has removed a device, whose streams end then
   */
  Registry(
      Shards shards,
      WebhookSender sender,
      WebhookEvents webhooks,
      int maxPerUser,
      SecureRandom random,
      InstantSource clock,
      CommandMeters meters,
      Consumer<String> changed) {
    this.shards = shards;
    this.sender = sender;
    this.webhooks = webhooks;
    this.maxPerUser = maxPerUser;
    this.random = random;
    this.clock = clock;
    this.meters = meters;
    this.changed = changed;
  }

  /**
   * What became of a registration.
   *
   * @param device null when the user has as many as he may have
   * @param isNew whether there was none of its id
   */
  private record Put(@Nullable Device device, boolean isNew) {}

  /** Registers a device, or describes it anew. */
  Future<Reply<DeviceView>> put(Call call, NewDevice wanted) {
    String url = wanted.webhook();
    return url == null
        ? store(call, wanted)
        : sender
            .problemOf(url, LOOK_UP)
            .compose(
                problem ->
                    problem == null
                        ? store(call, wanted)
                        : Future.succeededFuture(
                            Reply.invalid(new Violation("/webhook", problem))));
  }

  private Future<Reply<DeviceView>> store(Call call, NewDevice wanted) {
    String id = call.path(DevicePath.class).id();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return Callers.asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          return shards
              .transact(
                  shard,
                  Callers.remaining(call),
                  connection -> put(connection, shard, user, id, wanted, now))
              .map(put -> reply(put, now));
        });
  }

  private Reply<DeviceView> reply(Put put, Instant now) {
    Device device = put.device();
    if (device == null) {
      return Reply.refused(
          Refusal.CONFLICT,
          "too-many-devices",
          "%d devices are registered (expected: fewer than %d)".formatted(maxPerUser, maxPerUser));
    }
    DeviceView view = DeviceView.registered(device, now);
    return put.isNew() ? Reply.created(view, "/v1/devices/" + device.id()) : Reply.ok(view);
  }

  private Future<Put> put(
      SqlConnection connection, int shard, UUID user, String id, NewDevice wanted, Instant now) {
    // The statements after the lock see what was committed while it was waited for.
    return DeviceStore.alone(connection, user)
        .compose(alone -> DeviceStore.find(connection, shard, user, id))
        .compose(
            known ->
                known != null
                    ? store(connection, shard, device(user, id, wanted, known, now), known)
                    : DeviceStore.count(connection, shard, user)
                        .compose(
                            count ->
                                count >= maxPerUser
                                    ? Future.succeededFuture(new Put(null, true))
                                    : store(
                                        connection,
                                        shard,
                                        device(user, id, wanted, null, now),
                                        null)));
  }

  private Future<Put> store(
      SqlConnection connection, int shard, Device device, @Nullable Device known) {
    Put put = new Put(device, known == null);
    return DeviceStore.put(connection, shard, device)
        .compose(
            stored ->
                known == null || device.webhook() == null || !isNew(device.webhook(), known)
                    ? Future.succeededFuture(put)
                    : sendPending(connection, shard, device).map(put));
  }

  /** What waits for a device that could not be called, or at another address, goes there now. */
  private Future<Void> sendPending(SqlConnection connection, int shard, Device device) {
    UUID user = device.userId();
    return CommandStore.pending(connection, shard, user, device.id(), clock.instant())
        .compose(
            pending ->
                pending.isEmpty()
                    ? Future.succeededFuture()
                    : Outbox.append(
                        connection,
                        shard,
                        pending.stream().map(command -> webhooks.send(user, command)).toList()));
  }

  private Device device(
      UUID user, String id, NewDevice wanted, @Nullable Device known, Instant now) {
    return new Device(
        user,
        id,
        wanted.name().strip(),
        wanted.kind(),
        wanted.location() == null ? "" : wanted.location().strip(),
        wanted.capabilityNames(),
        webhook(wanted.webhook(), known, now),
        known == null ? now : known.createdAt(),
        now);
  }

  /** Another address gets another secret: whoever had the old one cannot sign for the new one. */
  private Device.@Nullable Webhook webhook(
      @Nullable String url, @Nullable Device known, Instant now) {
    if (url == null) {
      return null;
    }
    Device.Webhook before = known == null ? null : known.webhook();
    return before != null && before.url().equals(url)
        ? before
        : new Device.Webhook(url, SigningSecret.fresh(random), now);
  }

  private static boolean isNew(Device.Webhook webhook, Device known) {
    Device.Webhook before = known.webhook();
    return before == null || !before.url().equals(webhook.url());
  }

  Future<Reply<DeviceView>> get(Call call) {
    String id = call.path(DevicePath.class).id();
    return Callers.asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          Future<@Nullable Device> found =
              shards.read(
                  shard,
                  Callers.remaining(call),
                  connection -> DeviceStore.find(connection, shard, user, id));
          return found.map(
              device ->
                  device == null
                      ? Callers.<DeviceView>noDevice()
                      : Reply.ok(DeviceView.of(device)));
        });
  }

  Future<Reply<DevicePage>> list(Call call) {
    DeviceQuery query = call.query(DeviceQuery.class);
    String after = query.after();
    if (after == null) {
      return Future.succeededFuture(DeviceQuery.badCursor());
    }
    return Callers.asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          return shards
              .read(
                  shard,
                  Callers.remaining(call),
                  connection -> DeviceStore.page(connection, shard, user, after, query.limit() + 1))
              .map(found -> Reply.ok(DevicePage.of(found, query.limit())));
        });
  }

  /** Removes a device; what it was still to do is rejected. */
  Future<Reply<Void>> remove(Call call) {
    String id = call.path(DevicePath.class).id();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return Callers.asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          return shards
              .transact(
                  shard,
                  Callers.remaining(call),
                  connection -> remove(connection, shard, user, id, now))
              .map(
                  rejected -> {
                    if (rejected < 0) {
                      return Callers.<Void>noDevice();
                    }
                    meters.rejected(rejected);
                    changed.accept(user.toString());
                    return Reply.<Void>noContent();
                  });
        });
  }

  /** How many commands were rejected; −1 when there is no such device. */
  private static Future<Integer> remove(
      SqlConnection connection, int shard, UUID user, String id, Instant now) {
    return DeviceStore.delete(connection, shard, user, id)
        .compose(
            there ->
                there
                    ? CommandStore.rejectAll(
                        connection, shard, user, id, Rejection.NO_SUCH_DEVICE, now)
                    : Future.succeededFuture(-1));
  }

  /** All devices of a user, for other services. */
  Future<Devices> all(ListDevices request, CallContext context) {
    UUID user = Uuids.parse(request.userId());
    if (user == null) {
      return Future.failedFuture(
          new BusException(
              ErrorCode.INVALID_ARGUMENT, "user id: " + request.userId() + " (expected: a UUID)"));
    }
    int shard = Shards.of(user);
    return shards
        .read(
            shard,
            context.remaining(System.nanoTime()),
            connection -> DeviceStore.page(connection, shard, user, "", Integer.MAX_VALUE))
        .map(found -> new Devices(found.stream().map(Registry::told).toList()))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof SqlException
                        ? new BusException(ErrorCode.UNAVAILABLE, "the database does not answer")
                        : failure));
  }

  private static DeviceRecord told(Device device) {
    return new DeviceRecord(
        device.id(), device.name(), device.kind().text(), device.location(), device.capabilities());
  }
}
