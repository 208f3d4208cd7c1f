package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.fusion.LogQueue.Appended;
import dev.starling.postgres.SqlReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes events: reads them, completes them, stores them, and has their user's owner told. Confined
 * to an instance's context. What is answered is committed.
 */
final class Intake {
  /** Reading so much takes an event loop about a millisecond. */
  private static final int LOOP_BYTES = 128 * 1024;

  private static final String FULL = "too many events wait to be written; nothing was accepted";

  private final Vertx vertx;
  private final RequestReader reader;
  private final Features features;
  private final LogQueue log;
  private final Owner owner;
  private final InstantSource clock;
  private final FusionMeters meters;

  Intake(
      Vertx vertx,
      RequestReader reader,
      Features features,
      LogQueue log,
      Owner owner,
      InstantSource clock,
      FusionMeters meters) {
    this.vertx = vertx;
    this.reader = reader;
    this.features = features;
    this.log = log;
    this.owner = owner;
    this.clock = clock;
    this.meters = meters;
  }

  /** Whose events a caller's are: the token's subject. Null when that is no user. */
  static @Nullable UUID user(Call call) {
    return Uuids.parse(call.principal().subject());
  }

  static <T> Reply<T> noUser() {
    return Reply.refused(
        Refusal.FORBIDDEN, "events belong to users (expected: a token whose subject is a UUID)");
  }

  /** Takes the events of a request, all or none. */
  Future<Reply<byte[]>> take(Call call, byte[] body) {
    UUID user = user(call);
    if (user == null) {
      return Future.succeededFuture(noUser());
    }
    if (log.isFull()) {
      meters.refused();
      return Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, FULL));
    }
    Instant now = now();
    return read(body.length, () -> reader.read(call, body, now))
        .compose(events -> store(user, events, call.context()))
        .map(Intake::accepted)
        .recover(this::refused);
  }

  /** Takes one event of a socket. Fails with {@link UnusableEvent} or as the database does. */
  Future<Appended> take(UUID user, NewEvent event, CallContext call) {
    return store(user, List.of(event), call);
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private Future<Appended> store(UUID user, List<NewEvent> events, CallContext call) {
    return features
        .complete(events, call)
        .compose(rows -> log.append(user, rows, call))
        .onSuccess(
            appended -> {
              meters.appended(appended.fresh().size(), appended.duplicates());
              owner.stored(user, appended.fresh());
            });
  }

  private <T> Future<T> read(int bytes, Supplier<T> reading) {
    if (bytes > LOOP_BYTES) {
      return vertx.executeBlocking(reading::get, false);
    }
    try {
      return Future.succeededFuture(reading.get());
    } catch (UnusableEvent e) {
      return Future.failedFuture(e);
    }
  }

  private static Reply<byte[]> accepted(Appended appended) {
    String json =
        "{\"accepted\":%d,\"duplicates\":%d}"
            .formatted(appended.fresh().size(), appended.duplicates());
    return Reply.accepted(MediaTypes.JSON, json.getBytes(UTF_8));
  }

  private Future<Reply<byte[]>> refused(Throwable failure) {
    meters.refused();
    return failure instanceof UnusableEvent unusable
        ? Future.succeededFuture(unusable.reply())
        : SqlReplies.refusal(failure);
  }
}
