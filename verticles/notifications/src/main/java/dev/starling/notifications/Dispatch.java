package dev.starling.notifications;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.notifications.NotificationStore.NoSuchNotification;
import dev.starling.notifications.NotificationStore.SentAlready;
import dev.starling.notifications.NotificationStore.State;
import dev.starling.notifications.NotificationStore.Taken;
import dev.starling.notifications.NotificationStore.TakenByAnother;
import dev.starling.notifications.NotificationStore.Taking;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.sdk.Lanes;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what was requested through one channel. Confined to the context of its instance.
 *
 * <p>The channel's row is its inbox: it is taken before, so that two deliveries of one event do not
 * send it twice, and says "sent" after. No transaction is open while something is on its way.
 */
final class Dispatch {
  /** Sending that has begun is given this much; less is not worth beginning. */
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** What is kept of the caller's time to write down what came of it. */
  private static final Duration RESERVE = Duration.ofMillis(250);

  private static final int MAX_WAITING = 10_000;
  private static final BusException CROWDED =
      new BusException(ErrorCode.OVERLOADED, "too many wait to be sent");

  private final NotificationStore store;
  private final Channel channel;
  private final Carrier carrier;
  private final Duration timeout;
  private final InstantSource clock;
  private final Lanes lanes;

  /**
   * @param timeout of one sending
   * @param maxInFlight of them at once
   */
  Dispatch(
      NotificationStore store,
      Channel channel,
      Carrier carrier,
      Duration timeout,
      int maxInFlight,
      InstantSource clock) {
    this.store = store;
    this.channel = channel;
    this.carrier = carrier;
    this.timeout = timeout;
    this.clock = clock;
    this.lanes = new Lanes(maxInFlight, MAX_WAITING);
  }

  /**
   * Sends what a batch requests.
   *
   * <p>Fails as a whole, as unavailable or overloaded, when what it needs is away or has no room:
   * that is no attempt. What was sent of it is known by then, and is not sent again.
   */
  Future<Receipt> receive(EventBatch batch, CallContext context) {
    AtomicReference<@Nullable Throwable> away = new AtomicReference<>();
    List<Future<Settled>> each =
        batch.events().stream()
            .map(
                event ->
                    lanes.run(
                        () -> unless(away.get(), () -> one(batch.shard(), event, context)),
                        () -> Future.failedFuture(CROWDED)))
            .map(settled -> settled.onFailure(away::set))
            .toList();
    return Future.join(each).map(all -> new Receipt(each.stream().map(Future::result).toList()));
  }

  /** What was away for one of a batch is not tried for those behind it. */
  private static Future<Settled> unless(@Nullable Throwable away, Supplier<Future<Settled>> work) {
    return away == null ? work.get() : Future.failedFuture(away);
  }

  /** Fails only when what it needs is away. */
  private Future<Settled> one(int shard, Event event, CallContext context) {
    Request request;
    try {
      request = EventData.read(event, shard, Request.class, Request::userId);
    } catch (EventRefused refused) {
      return never(String.valueOf(refused.getMessage()));
    }
    Duration limit = limit(context);
    if (limit.compareTo(SHORTEST) < 0) {
      return later("no time was left for it");
    }
    // Longer than sending and writing it down can take.
    Duration hold = timeout.plus(RESERVE).multipliedBy(2);
    return store
        .take(shard, request.notificationId(), channel, hold, limit)
        .compose(taking -> send(shard, event, taking, context))
        .recover(Dispatch::failed);
  }

  private static Future<Settled> failed(Throwable failure) {
    if (isAway(failure)) {
      return Future.failedFuture(failure);
    }
    SqlFailure database = SqlFailure.classify(failure);
    return database.kind() == SqlFailure.Kind.UNAVAILABLE
        ? Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, database.message()))
        : later(String.valueOf(failure.getMessage()));
  }

  /** Whether somebody who is needed does not run or has no room, so that nothing was tried. */
  static boolean isAway(Throwable failure) {
    return failure instanceof BusException known
        && (known.code() == ErrorCode.UNAVAILABLE || known.code() == ErrorCode.OVERLOADED);
  }

  private Future<Settled> send(int shard, Event event, Taking taking, CallContext context) {
    if (taking instanceof SentAlready) {
      return Future.succeededFuture(Settled.DONE);
    }
    if (taking instanceof NoSuchNotification) {
      return never("there is no such notification");
    }
    if (taking instanceof TakenByAnother) {
      return later("it is being sent already");
    }
    Notification notification = ((Taken) taking).notification();
    long deadline = System.nanoTime() + limit(context).toNanos();
    return carrier
        .send(notification, event.id(), context.withDeadline(deadline))
        .transform(
            sent ->
                sent.succeeded()
                    ? write(shard, notification, sent.result())
                    : giveBack(shard, notification, sent.cause()));
  }

  private Future<Settled> giveBack(int shard, Notification notification, Throwable why) {
    return settle(shard, notification, State.REQUESTED)
        .transform(written -> Future.failedFuture(why));
  }

  private Future<Settled> write(int shard, Notification notification, Settled settled) {
    State state =
        switch (settled.verdict()) {
          case DONE -> State.SENT;
          case LATER, POSTPONED -> State.REQUESTED;
          case NEVER -> State.FAILED;
        };
    return settle(shard, notification, state).map(settled);
  }

  private Future<Void> settle(int shard, Notification notification, State state) {
    @Nullable Instant sentAt = state == State.SENT ? clock.instant() : null;
    return store.settle(shard, notification.id(), channel, state, sentAt, RESERVE.multipliedBy(2));
  }

  private Duration limit(CallContext context) {
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    return left.compareTo(timeout) < 0 ? left : timeout;
  }

  static Future<Settled> later(String reason) {
    return Future.succeededFuture(new Settled(Verdict.LATER, reason));
  }

  static Future<Settled> never(String reason) {
    return Future.succeededFuture(new Settled(Verdict.NEVER, reason));
  }
}
