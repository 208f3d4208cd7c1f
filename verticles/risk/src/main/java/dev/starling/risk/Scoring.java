package dev.starling.risk;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.shards.Shards;
import dev.starling.risk.RiskStore.Scored;
import dev.starling.risk.RiskStore.Unscored;
import dev.starling.risk.Told.Cancelled;
import dev.starling.risk.Told.Placed;
import dev.starling.risk.Told.Unusable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Takes the events of orders, and scores those that were placed.
 *
 * <p>A part of a batch at a time: one transaction notes the orders and reads what they are compared
 * with; then the model is asked, without a connection; then the scores are written. A score's row
 * is the inbox: an event that comes again finds it, or scores what was only noted. A part that
 * fails is tried event by event, so that one of them keeps no other from being done.
 *
 * <p>Confined to the context of its instance.
 */
final class Scoring {
  /** Less is not worth beginning. */
  private static final Duration SHORTEST = Duration.ofMillis(50);

  /** What is kept of the caller's time to write the scores down, and for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(250);

  private final Shards shards;
  private final RiskStore store;
  private final Scorer scorer;
  private final InstantSource clock;
  private final ScoreMeters meters;

  Scoring(Shards shards, RiskStore store, Scorer scorer, InstantSource clock, ScoreMeters meters) {
    this.shards = shards;
    this.store = store;
    this.scorer = scorer;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Takes a batch. Fails as {@link ErrorCode#UNAVAILABLE} or {@link ErrorCode#OVERLOADED} when the
   * model or the database is away or there is no time: that is no fault of the events, and does not
   * count as one. What was scored by then is known when it comes again.
   */
  Future<Receipt> receive(EventBatch batch, CallContext context) {
    Settled[] settled = new Settled[batch.events().size()];
    Deque<List<Told>> parts = new ArrayDeque<>();
    List<Told> part = new ArrayList<>();
    for (int place = 0; place < settled.length; place++) {
      Told told = Told.of(batch.events().get(place), place, batch.shard());
      settled[place] =
          told instanceof Unusable unusable
              ? new Settled(Verdict.NEVER, unusable.reason())
              : Settled.DONE;
      if (told instanceof Placed || told instanceof Cancelled) {
        part.add(told);
      }
      if (part.size() == Scorer.MAX_ORDERS) {
        parts.add(part);
        part = new ArrayList<>();
      }
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    Promise<Receipt> receipt = Promise.promise();
    next(batch.shard(), parts, context, settled, receipt);
    return receipt.future();
  }

  /** A promise, since a chain of futures would be as deep as there are parts. */
  private void next(
      int shard,
      Deque<List<Told>> parts,
      CallContext context,
      Settled[] settled,
      Promise<Receipt> receipt) {
    if (parts.isEmpty()) {
      receipt.complete(new Receipt(Arrays.asList(settled)));
      return;
    }
    if (left(context).compareTo(SHORTEST) < 0) {
      receipt.fail(new BusException(ErrorCode.OVERLOADED, "no time is left for all of it"));
      return;
    }
    List<Told> part = parts.remove();
    take(shard, part, context)
        .onComplete(
            done -> {
              if (done.failed()) {
                Throwable failure = done.cause();
                if (isAway(failure)) {
                  receipt.fail(away(failure));
                  return;
                }
                if (part.size() == 1) {
                  settled[part.get(0).place()] =
                      new Settled(Verdict.LATER, String.valueOf(failure.getMessage()));
                } else {
                  part.forEach(told -> parts.addFirst(List.of(told)));
                }
              }
              next(shard, parts, context, settled, receipt);
            });
  }

  private Future<Void> take(int shard, List<Told> part, CallContext context) {
    List<PlacedOrder> placed = new ArrayList<>();
    List<PlacedOrder> cancelled = new ArrayList<>();
    for (Told told : part) {
      if (told instanceof Placed one) {
        placed.add(one.order());
      } else if (told instanceof Cancelled one) {
        cancelled.add(one.order());
      }
    }
    return shards
        .transact(
            shard,
            left(context),
            connection ->
                store
                    .cancelled(connection, shard, cancelled)
                    .compose(noted -> store.placed(connection, shard, placed)))
        .compose(unscored -> score(shard, unscored, context));
  }

  private Future<Void> score(int shard, List<Unscored> unscored, CallContext context) {
    if (unscored.isEmpty()) {
      return Future.succeededFuture();
    }
    CallContext sooner = context.withDeadline(System.nanoTime() + left(context).toNanos());
    return scorer
        .score(unscored.stream().map(Unscored::features).toList(), sooner)
        .compose(assessments -> keep(shard, unscored, assessments, context));
  }

  private Future<Void> keep(
      int shard, List<Unscored> unscored, List<Assessment> assessments, CallContext context) {
    List<Scored> scores = new ArrayList<>();
    for (int i = 0; i < unscored.size(); i++) {
      scores.add(new Scored(unscored.get(i), assessments.get(i)));
    }
    return shards
        .transact(
            shard,
            context.remaining(System.nanoTime()),
            connection -> store.keep(connection, shard, scores, clock.instant()))
        .onSuccess(kept -> assessments.forEach(meters::scored));
  }

  private static Duration left(CallContext context) {
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof BusException known
        ? known.code() != ErrorCode.INTERNAL && known.code() != ErrorCode.INVALID_ARGUMENT
        : SqlFailure.classify(failure).kind() == SqlFailure.Kind.UNAVAILABLE;
  }

  private static BusException away(Throwable failure) {
    return new BusException(ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()));
  }
}
