package dev.starling.devices;

import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.postgres.outbox.Effect;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.Outbox;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Books the commands of one batch of events, and ends those that are withdrawn. Confined to the
 * context of its instance, and to the batch.
 */
final class Issuing implements Effect {
  private final WebhookEvents webhooks;
  private final int maxOpenPerDevice;
  private final InstantSource clock;
  private final Map<String, Booked> booked = new HashMap<>();

  /**
   * What an event has brought about.
   *
   * @param fate of the command; null when none came with it
   * @param superseded whether another command has ended
   */
  record Booked(@Nullable Fate fate, boolean superseded) {}

  /** Somebody's command. */
  private record Order(String event, UUID user, FusionEvents.Command command) {}

  Issuing(WebhookEvents webhooks, int maxOpenPerDevice, InstantSource clock) {
    this.webhooks = webhooks;
    this.maxOpenPerDevice = maxOpenPerDevice;
    this.clock = clock;
  }

  /** What was booked, by the ids of the events; certain of those that were settled as done. */
  Map<String, Booked> booked() {
    return booked;
  }

  @Override
  public Future<Void> apply(SqlConnection connection, int shard, List<Event> events) {
    // All are read before the first is done.
    List<Supplier<Future<Void>>> works = new ArrayList<>(events.size());
    for (Event event : events) {
      UUID user = EventData.owner(event);
      if (event.type().equals(FusionEvents.WITHDRAWAL)) {
        FusionEvents.Withdrawal withdrawal =
            EventData.readSparse(event, shard, FusionEvents.Withdrawal.class);
        works.add(() -> withdraw(connection, shard, event.id(), user, withdrawal));
      } else {
        Order order =
            new Order(
                event.id(), user, EventData.readSparse(event, shard, FusionEvents.Command.class));
        works.add(() -> book(connection, shard, order));
      }
    }
    // They are of different aggregates, so of different users: none waits for another.
    return Future.join(works.stream().map(Supplier::get).toList()).mapEmpty();
  }

  private Future<Void> withdraw(
      SqlConnection connection,
      int shard,
      String event,
      UUID user,
      FusionEvents.Withdrawal withdrawal) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return IssueStore.supersede(connection, shard, user, withdrawal.commandId(), now)
        .onSuccess(ended -> booked.put(event, new Booked(null, ended)))
        .mapEmpty();
  }

  private Future<Void> book(SqlConnection connection, int shard, Order order) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    UUID user = order.user();
    FusionEvents.Command command = order.command();
    UUID former = command.replaces();
    Future<Boolean> formerDone =
        former == null
            ? Future.succeededFuture(false)
            : IssueStore.isDone(connection, shard, user, former);
    return formerDone.compose(
        done ->
            DeviceStore.hold(connection, shard, user, command.device())
                .compose(
                    device ->
                        IssueStore.standing(connection, shard, user, command, now)
                            .map(
                                standing ->
                                    Fate.of(command, device, done, standing, maxOpenPerDevice, now))
                            .compose(fate -> add(connection, shard, order, device, fate, now))));
  }

  private Future<Void> add(
      SqlConnection connection,
      int shard,
      Order order,
      @Nullable Device device,
      Fate fate,
      Instant now) {
    UUID user = order.user();
    FusionEvents.Command command = order.command();
    return IssueStore.add(connection, shard, user, command, fate, now)
        .compose(
            fresh -> {
              if (!fresh) {
                return Future.succeededFuture();
              }
              boolean calls =
                  fate.state() == CommandState.PENDING
                      && device != null
                      && device.webhook() != null;
              Future<Void> sending =
                  calls
                      ? Outbox.append(
                          connection, shard, List.of(webhooks.send(user, command.commandId())))
                      : Future.succeededFuture();
              return sending.compose(asked -> replace(connection, shard, order, fate, now));
            });
  }

  /** Also a correction that cannot be done says that what it corrects was not meant. */
  private Future<Void> replace(
      SqlConnection connection, int shard, Order order, Fate fate, Instant now) {
    UUID former = order.command().replaces();
    Future<Boolean> superseded =
        former == null
            ? Future.succeededFuture(false)
            : IssueStore.supersede(connection, shard, order.user(), former, now);
    return superseded
        .onSuccess(replaced -> booked.put(order.event(), new Booked(fate, replaced)))
        .mapEmpty();
  }
}
