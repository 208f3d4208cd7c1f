package dev.starling.devices;

import dev.starling.contract.device.DeviceContract;
import dev.starling.contract.device.DeviceContract.CommandsChanged;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.Candidacy;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Operations;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.TimeOrderedIds;
import dev.starling.sdk.Uuids;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Registers devices, books the commands for them, and hands them over. */
public final class DevicesVerticle extends ServiceVerticle {
  private static final String SECTION = "devices";
  private static final int MAX_BODY_BYTES = 16 * 1024;

  private final List<Long> timers = new ArrayList<>();
  private final List<Candidacy> candidacies = new ArrayList<>();
  private @Nullable Registry registry;
  private @Nullable Commands commands;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, DevicesConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  @Override
  protected void declare(Operations on) {
    on.put(
            "/v1/devices/{id}",
            NewDevice.class,
            DeviceView.class,
            (call, device) -> open(registry).put(call, device))
        .id("devices.put")
        .summary("Registers a device of the caller, or describes it anew")
        .path(DevicePath.class)
        .maxBodyBytes(MAX_BODY_BYTES)
        .refuses(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
    on.get("/v1/devices", DevicePage.class, call -> open(registry).list(call))
        .id("devices.list")
        .summary("Lists the caller's devices in the order of their ids")
        .query(DeviceQuery.class)
        .refuses(Refusal.FORBIDDEN);
    on.get("/v1/devices/{id}", DeviceView.class, call -> open(registry).get(call))
        .id("devices.get")
        .summary("Shows a device of the caller")
        .path(DevicePath.class)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.delete("/v1/devices/{id}", Void.class, call -> open(registry).remove(call))
        .id("devices.delete")
        .summary("Removes a device of the caller and rejects what it was still to do")
        .path(DevicePath.class)
        .answers(Kind.NO_CONTENT)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT, Refusal.UNKNOWN_OUTCOME);
    on.get("/v1/devices/{id}/commands", CommandPage.class, call -> open(commands).list(call))
        .id("devices.commands")
        .summary("Lists the commands for a device of the caller, the newest first")
        .path(DevicePath.class)
        .query(PageQuery.class)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.stream(
            "/v1/devices/{id}/commands/stream",
            CommandView.class,
            call -> open(commands).stream(call))
        .id("devices.stream")
        .summary("Gives a device what it is to do, then each command that comes")
        .path(DevicePath.class)
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT);
    on.post(
            "/v1/devices/{id}/commands/{command}/ack",
            Acknowledgement.class,
            CommandView.class,
            (call, ack) -> open(commands).acknowledge(call, ack))
        .id("devices.acknowledge")
        .summary("Says that a device has done a command, or could not")
        .path(CommandPath.class)
        .maxBodyBytes(MAX_BODY_BYTES)
        .safeToRetry()
        .refuses(Refusal.FORBIDDEN, Refusal.ABSENT, Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
  }

  @Override
  protected Future<?> open() {
    DevicesConfig config = node().config(SECTION, DevicesConfig.defaults());
    Shards shards = node().resource(Shards.class);
    return Schema.prepare(node(), shards)
        .compose(prepared -> sweep(config, shards))
        .compose(candidate -> WebhookSender.of(node(), vertx))
        .compose(sender -> serve(config, shards, sender));
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    return Future.join(candidacies.stream().map(Candidacy::leave).toList());
  }

  private Future<Void> serve(DevicesConfig config, Shards shards, WebhookSender sender) {
    SecureRandom random = new SecureRandom();
    WebhookEvents webhooks =
        new WebhookEvents(new TimeOrderedIds(random::nextLong), node().clock());
    CommandMeters meters = CommandMeters.of(node());
    CommandWatch watch = new CommandWatch(shards, config, node().clock(), meters);
    CommandIntake intake =
        new CommandIntake(
            shards, webhooks, config.maxOpenPerDevice(), node().clock(), meters, this::publish);
    Registry devices =
        new Registry(
            shards,
            sender,
            webhooks,
            config.maxPerUser(),
            random,
            node().clock(),
            meters,
            this::publish);
    registry = devices;
    commands = new Commands(shards, watch, node().clock(), meters);
    every(config.pollInterval(), watch::lookForAll);
    return node()
        .once("devices:subscribed", intake::subscribe)
        .compose(
            subscribed ->
                subscribe(DeviceContract.COMMANDS_CHANGED, changed -> changed(changed, watch)))
        .compose(listening -> serve(DeviceContract.LIST, devices::all))
        .compose(
            serving ->
                serve(
                    EventContract.deliver(CommandIntake.NAME),
                    BookingDelay.measured(node(), CommandIntake.NAME, intake::receive)));
  }

  private Future<?> sweep(DevicesConfig config, Shards shards) {
    List<Future<Void>> begun = new ArrayList<>();
    for (ShardDatabase database : shards.databases().values()) {
      CommandSweep sweep =
          node()
              .shared(
                  "devices:sweep:" + database.name(),
                  () ->
                      new CommandSweep(
                          database.name(),
                          shards,
                          config.retention(),
                          node().clock(),
                          CommandMeters.of(node()),
                          System::nanoTime));
      Candidacy candidacy = sweep.candidacy(node(), vertx);
      candidacies.add(candidacy);
      every(CommandSweep.INTERVAL, candidacy::tick);
      begun.add(candidacy.tick());
    }
    return Future.join(begun);
  }

  private void every(Duration interval, Runnable work) {
    timers.add(vertx.setPeriodic(interval.toMillis(), tick -> work.run()));
  }

  private void publish(String user) {
    bus().publish(DeviceContract.COMMANDS_CHANGED, new CommandsChanged(user));
  }

  private static void changed(CommandsChanged changed, CommandWatch watch) {
    UUID user = Uuids.parse(changed.userId());
    if (user != null) {
      watch.changed(user);
    }
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
