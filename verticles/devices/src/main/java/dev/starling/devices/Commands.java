package dev.starling.devices;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.Producer;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers users and their devices about commands. Confined to the context of its instance.
 *
 * <p>A device speaks with its user's token.
 */
final class Commands {
  private final Shards shards;
  private final CommandWatch watch;
  private final InstantSource clock;
  private final CommandMeters meters;

  Commands(Shards shards, CommandWatch watch, InstantSource clock, CommandMeters meters) {
    this.shards = shards;
    this.watch = watch;
    this.clock = clock;
    this.meters = meters;
  }

  Future<Reply<CommandPage>> list(Call call) {
    String device = call.path(DevicePath.class).id();
    PageQuery page = call.query(PageQuery.class);
    Reply<CommandPage> refused = page.refused();
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    return Callers.asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          Future<@Nullable List<Command>> found =
              shards.read(
                  shard,
                  Callers.remaining(call),
                  connection ->
                      CommandStore.page(
                          connection, shard, user, device, page.after(), page.limit() + 1));
          return found.map(
              commands ->
                  commands == null
                      ? Callers.<CommandPage>noDevice()
                      : Reply.ok(CommandPage.of(commands, page.limit(), clock.instant())));
        });
  }

  /** What the device is to do, then what comes. */
  Future<Reply<Producer<CommandView>>> stream(Call call) {
    String id = call.path(DevicePath.class).id();
    return Callers.asUser(
        call,
        user -> {
          if (watch.isFullFor(user)) {
            return Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, CommandWatch.FULL));
          }
          int shard = Shards.of(user);
          Future<@Nullable Device> found =
              shards.read(
                  shard,
                  Callers.remaining(call),
                  connection -> DeviceStore.find(connection, shard, user, id));
          return found.map(device -> streaming(user, device));
        });
  }

  private Reply<Producer<CommandView>> streaming(UUID user, @Nullable Device device) {
    return device == null
        ? Callers.noDevice()
        : Reply.ok(out -> watch.begin(user, device.id(), out));
  }

  /** Whoever says the same again gets the same answer. */
  Future<Reply<CommandView>> acknowledge(Call call, Acknowledgement ack) {
    CommandPath path = call.path(CommandPath.class);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return Callers.asUser(
        call,
        user -> {
          int shard = Shards.of(user);
          Future<@Nullable Command> ended =
              shards.write(
                  shard,
                  Callers.remaining(call),
                  connection ->
                      CommandStore.acknowledge(
                          connection, shard, user, path.id(), path.commandId(), ack, now));
          return ended.compose(
              command -> {
                if (command == null) {
                  return acknowledgedBefore(call, user, path, ack, now);
                }
                meters.acknowledged(ack.status());
                return Future.succeededFuture(Reply.ok(CommandView.of(command, now)));
              });
        });
  }

  private Future<Reply<CommandView>> acknowledgedBefore(
      Call call, UUID user, CommandPath path, Acknowledgement ack, Instant now) {
    int shard = Shards.of(user);
    Future<@Nullable Command> found =
        shards.read(
            shard,
            Callers.remaining(call),
            connection -> CommandStore.byId(connection, shard, user, path.commandId()));
    return found.map(command -> acknowledgedBefore(command, path, ack, now));
  }

  private static Reply<CommandView> acknowledgedBefore(
      @Nullable Command command, CommandPath path, Acknowledgement ack, Instant now) {
    if (command == null || !command.device().equals(path.id())) {
      return Reply.refused(
          Refusal.ABSENT, "no-such-command", "there is no such command of this device");
    }
    Acknowledgement before = command.ack();
    if (before != null && before.status() == ack.status()) {
      return Reply.ok(CommandView.of(command, now));
    }
    String state = command.stateAt(now).text();
    return Reply.refused(
        Refusal.CONFLICT,
        "command-" + state,
        before == null
            ? "the command is %s (expected: pending or delivered)".formatted(state)
            : "the command was acknowledged as %s before".formatted(before.status().text()));
  }
}
