package dev.starling.devices;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.devices.WebhookEvents.Booked;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import dev.starling.sdk.Lanes;
import dev.starling.webhook.Delivery;
import dev.starling.webhook.Outcome;
import dev.starling.webhook.SigningSecret;
import dev.starling.webhook.WebhookSender;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commands to the web-hooks of their devices, so many at once. Confined to the context of its
 * instance.
 *
 * <p>What is sent, and whether it still is to be, is looked up just before. At least once: when the
 * answer to a delivery is lost it comes again, with the same {@code webhook-id}, which is the
 * command's id.
 */
final class WebhookCalls {
  private static final Logger log = LoggerFactory.getLogger(WebhookCalls.class);

  /** An attempt that has begun is given this much; less is not worth beginning. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** What is kept of the caller's time for the answer and for noting what came of it. */
  private static final Duration RESERVE = Duration.ofMillis(300);

  private static final int MAX_WAITING = 10_000;
  private static final String TYPE = "dev.starling.device.command";

  private final Shards shards;
  private final WebhookSender sender;
  private final InstantSource clock;
  private final CommandMeters meters;
  private final Lanes lanes;

  /** What is sent, as Standard Webhooks has it. */
  record Body(String type, Instant timestamp, CommandView data) {}

  /** A command that is to be sent now, and where to. */
  private record Ready(Command command, Device.Webhook webhook) {}

  WebhookCalls(Shards shards, WebhookSender sender, InstantSource clock, CommandMeters meters) {
    this.shards = shards;
    this.sender = sender;
    this.clock = clock;
    this.meters = meters;
    this.lanes = new Lanes(sender.maxInFlight(), MAX_WAITING);
  }

  /** Fails as {@code UNAVAILABLE} when no command can be looked up, which is no fault of theirs. */
  Future<Receipt> receive(EventBatch batch, CallContext context) {
    List<Future<Settled>> each =
        batch.events().stream()
            .map(
                event ->
                    lanes.run(
                        () -> one(batch.shard(), event, context),
                        () -> settled(Verdict.POSTPONED, "too many wait to be sent")))
            .toList();
    return Future.join(each).map(all -> new Receipt(each.stream().map(Future::result).toList()));
  }

  private Future<Settled> one(int shard, Event event, CallContext context) {
    Booked booked;
    try {
      booked = EventData.read(event, shard, Booked.class, Booked::userId);
    } catch (EventRefused refused) {
      return settled(Verdict.NEVER, String.valueOf(refused.getMessage()));
    }
    if (left(context).compareTo(SHORTEST) < 0) {
      return settled(Verdict.POSTPONED, "no time was left for it");
    }
    Future<@Nullable Ready> ready =
        shards.read(
            shard,
            left(context),
            connection -> ready(connection, shard, booked.userId(), booked.commandId()));
    return ready
        .recover(
            failure ->
                Future.failedFuture(
                    new BusException(ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()))))
        .compose(
            found ->
                found == null ? Future.succeededFuture(Settled.DONE) : call(shard, found, context));
  }

  /** Null for a command that was fetched, has ended or has expired, or has no web-hook any more. */
  private Future<@Nullable Ready> ready(SqlConnection connection, int shard, UUID user, UUID id) {
    Future<@Nullable Command> found = CommandStore.byId(connection, shard, user, id);
    return found.compose(
        command -> {
          if (command == null || command.stateAt(clock.instant()) != CommandState.PENDING) {
            return Future.succeededFuture();
          }
          Future<@Nullable Device> device =
              DeviceStore.find(connection, shard, user, command.device());
          return device.map(known -> ready(command, known));
        });
  }

  private static @Nullable Ready ready(Command command, @Nullable Device device) {
    Device.Webhook webhook = device == null ? null : device.webhook();
    return webhook == null ? null : new Ready(command, webhook);
  }

  private Future<Settled> call(int shard, Ready ready, CallContext context) {
    Command command = ready.command();
    Instant now = clock.instant();
    Body body = new Body(TYPE, command.issuedAt(), CommandView.of(command, now));
    Delivery delivery =
        new Delivery(
            command.id().toString(), ready.webhook().url(), new String(Json.toBytes(body), UTF_8));
    return sender
        .send(delivery, SigningSecret.parse(ready.webhook().secret()), left(context))
        .compose(outcome -> settle(shard, command, outcome));
  }

  private Future<Settled> settle(int shard, Command command, Outcome outcome) {
    if (outcome instanceof Outcome.Later later) {
      return settled(Verdict.LATER, later.reason());
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return outcome instanceof Outcome.Never
        ? reject(shard, command, now)
        : delivered(shard, command, now);
  }

  /** Its user finds that out, and is the only one who can do something about it. */
  private Future<Settled> reject(int shard, Command command, Instant now) {
    return shards
        .write(
            shard,
            RESERVE,
            connection ->
                CommandStore.reject(
                    connection,
                    shard,
                    command.userId(),
                    command.id(),
                    Rejection.UNDELIVERABLE,
                    now))
        .map(
            rejected -> {
              meters.rejected(rejected ? 1 : 0);
              return Settled.DONE;
            })
        .otherwise(failure -> new Settled(Verdict.LATER, "what came of it cannot be noted"));
  }

  private Future<Settled> delivered(int shard, Command command, Instant now) {
    return shards
        .write(
            shard,
            RESERVE,
            connection ->
                CommandStore.delivered(
                    connection, shard, command.userId(), List.of(command.id()), now))
        .onSuccess(issued -> meters.delivered(issued, now))
        // It stays pending, which is less than is true, and no reason to send it again.
        .onFailure(failure -> log.debug("The delivery of {} is not noted", command.id(), failure))
        .transform(noted -> Future.succeededFuture(Settled.DONE));
  }

  private static Duration left(CallContext context) {
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Future<Settled> settled(Verdict verdict, String reason) {
    return Future.succeededFuture(new Settled(verdict, reason));
  }
}
