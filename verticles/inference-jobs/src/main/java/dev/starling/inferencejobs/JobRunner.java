package dev.starling.inferencejobs;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.inferencejobs.JobEvents.Run;
import dev.starling.inferencejobs.RunStore.Open;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.outbox.EventData;
import dev.starling.postgres.outbox.EventRefused;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the outbox brings, and lets jobs run that nobody runs. Confined to the context of its
 * instance.
 *
 * <p>The answer does not wait for a model: it says at once that the event is to come again, as long
 * as the job has not ended. So a relay is never kept waiting, however long models take, and a job
 * whose node is lost is found by the delivery after.
 */
final class JobRunner {
  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);

  /** What is kept of the caller's time for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(50);

  private final Shards shards;
  private final JobEnds ends;
  private final RunQueue queue;
  private final ModelCalls models;
  private final InstantSource clock;
  private final Consumer<UUID> changed;

  /**
   * @param changed is told of each job that was found to wait for its model
   */
  JobRunner(
      Shards shards,
      JobEnds ends,
      RunQueue queue,
      ModelCalls models,
      InstantSource clock,
      Consumer<UUID> changed) {
    this.shards = shards;
    this.ends = ends;
    this.queue = queue;
    this.models = models;
    this.changed = changed;
    this.clock = clock;
  }

  /**
   * What an event asks for.
   *
   * @param job null when that cannot be told
   * @param refusal why it cannot
   */
  private record Asked(@Nullable UUID job, String refusal) {

    static Asked by(Event event, int shard) {
      try {
        return new Asked(EventData.read(event, shard, Run.class, Run::userId).jobId(), "");
      } catch (EventRefused e) {
        return new Asked(null, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Fails as {@code UNAVAILABLE} when the shard's database cannot be asked. */
  Future<Receipt> receive(EventBatch batch, CallContext context) {
    int shard = batch.shard();
    List<Asked> asked = batch.events().stream().map(event -> Asked.by(event, shard)).toList();
    List<UUID> ids = asked.stream().map(Asked::job).filter(Objects::nonNull).toList();
    return shards
        .read(shard, left(context), connection -> RunStore.look(connection, shard, ids))
        .compose(open -> settle(shard, asked, open, context))
        .recover(failure -> Future.failedFuture(away(failure)));
  }

  private Future<Receipt> settle(
      int shard, List<Asked> asked, Map<UUID, Open> open, CallContext context) {
    List<Future<Settled>> each = new ArrayList<>();
    for (Asked one : asked) {
      each.add(
          one.job() == null
              ? Future.succeededFuture(new Settled(Verdict.NEVER, one.refusal()))
              : settle(shard, one.job(), open.get(one.job()), context));
    }
    return Future.join(each).map(all -> new Receipt(each.stream().map(Future::result).toList()));
  }

  /**
   * One event's verdict.
   *
   * @param open null when the job has ended, and perhaps been deleted since
   */
  private Future<Settled> settle(int shard, UUID id, @Nullable Open open, CallContext context) {
    if (open == null) {
      return Future.succeededFuture(Settled.DONE);
    }
    Instant now = clock.instant();
    if (!open.expiresAt().isAfter(now)) {
      return ends.end(shard, id, null, JobEnd.EXPIRED, left(context)).map(Settled.DONE);
    }
    if (open.taken()) {
      return postponed("it is running");
    }
    if (!models.isServed(open.model())) {
      return waitFor(shard, id, ModelCalls.nobodyHas(open.model()), context);
    }
    return postponed(
        queue.offer(shard, id) ? "it waits for its turn here" : "too many wait for their turn");
  }

  private Future<Settled> waitFor(int shard, UUID id, String reason, CallContext context) {
    return shards
        .write(shard, left(context), connection -> RunStore.waitFor(connection, shard, id, reason))
        .compose(
            isNew -> {
              if (isNew) {
                changed.accept(id);
              }
              return postponed(reason);
            });
  }

  private static Future<Settled> postponed(String reason) {
    return Future.succeededFuture(new Settled(Verdict.POSTPONED, reason));
  }

  private static Duration left(CallContext context) {
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** No fault of the events: that must not count as one. */
  private static BusException away(Throwable failure) {
    String message = SqlFailure.classify(failure).message();
    log.warn("Jobs cannot be looked up, so they come again: {}", message);
    return new BusException(ErrorCode.UNAVAILABLE, message);
  }
}
