package dev.starling.notifications;

import dev.starling.bus.CallContext;
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
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.sdk.Lanes;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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

  Future<Receipt> receive(EventBatch batch, CallContext context) {
    List<Future<Settled>> each =
        batch.events().stream()
            .map(
                event ->
                    lanes.run(
                        () -> one(batch.shard(), event, context),
                        () -> later("too many wait to be sent")))
            .toList();
    return Future.join(each).map(all -> new Receipt(each.stream().map(Future::result).toList()));
  }

  /** Never fails. */
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
        .recover(failure -> later(String.valueOf(failure.getMessage())));
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
        .compose(settled -> write(shard, notification, settled));
  }

  private Future<Settled> write(int shard, Notification notification, Settled settled) {
    State state =
        switch (settled.verdict()) {
          case DONE -> State.SENT;
          case LATER, POSTPONED -> State.REQUESTED;
          case NEVER -> State.FAILED;
        };
    @Nullable Instant sentAt = state == State.SENT ? clock.instant() : null;
    return store
        .settle(shard, notification.id(), channel, state, sentAt, RESERVE.multipliedBy(2))
        .map(settled);
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
