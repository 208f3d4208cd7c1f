package dev.starling.inferencejobs;

import dev.starling.inferencejobs.RunOutcome.Lost;
import dev.starling.inferencejobs.RunOutcome.NotRun;
import dev.starling.inferencejobs.RunOutcome.Over;
import dev.starling.inferencejobs.RunStore.Taken;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Lanes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs, so many at once; others wait in the order in which they came. Confined to the context
 * of its instance.
 *
 * <p>What waits here is a hint and nothing more: a job belongs to whoever has taken its row, for a
 * few seconds that are prolonged while the model runs. The row is written before and after, and no
 * connection is kept in between.
 */
final class RunQueue {
  /** A lost node's jobs are free after so long; renewed three times within. */
  static final Duration HOLD = Duration.ofSeconds(15);

  static final Duration RENEWAL = HOLD.dividedBy(3);

  private static final String STOPS = "the node that ran it stops";
  private static final Logger log = LoggerFactory.getLogger(RunQueue.class);
  private static final Duration WRITE_LIMIT = Duration.ofSeconds(4);

  private final Shards shards;
  private final ModelCalls models;
  private final JobEnds ends;
  private final InferenceJobsConfig config;
  private final InstantSource clock;
  private final Consumer<UUID> changed;
  private final JobMeters meters;
  private final Lanes lanes;
  private final Map<UUID, Entry> known = new HashMap<>();
  private boolean closed;

  /** A job that waits or runs here. */
  private static final class Entry {
    private final int shard;
    private final UUID id;
    private final Promise<Void> over = Promise.promise();

    private boolean begun;

    /** 0 while it is not taken. */
    private int takes;

    Entry(int shard, UUID id) {
      this.shard = shard;
      this.id = id;
    }
  }

  /**
   * @param changed is told of each job that is in another state and has not ended
   */
  RunQueue(
      Shards shards,
      ModelCalls models,
      JobEnds ends,
      InferenceJobsConfig config,
      InstantSource clock,
      Consumer<UUID> changed,
      JobMeters meters) {
    this.shards = shards;
    this.models = models;
    this.ends = ends;
    this.config = config;
    this.clock = clock;
    this.changed = changed;
    this.meters = meters;
    this.lanes = new Lanes(config.maxRunning(), config.maxWaiting());
  }

  /** Lets a job have its turn; false when there is no room. One that is here already has it. */
  boolean offer(int shard, UUID id) {
    if (known.containsKey(id)) {
      return true;
    }
    if (closed || known.size() >= config.maxRunning() + config.maxWaiting()) {
      return false;
    }
    Entry entry = new Entry(shard, id);
    known.put(id, entry);
    meters.waiting(1);
    lanes
        .run(() -> turn(entry), () -> Future.failedFuture("there is no room"))
        .onFailure(failure -> log.warn("Job {} is to come again: {}", id, failure.toString()))
        .onComplete(
            done -> {
              known.remove(id);
              entry.over.tryComplete();
            });
    return true;
  }

  /** Keeps what runs; to be called each {@link #RENEWAL}. */
  void renew() {
    for (Entry entry : List.copyOf(known.values())) {
      if (entry.takes > 0) {
        shards
            .write(
                entry.shard,
                WRITE_LIMIT,
                c -> RunStore.renew(c, entry.shard, entry.id, entry.takes, HOLD))
            .onFailure(failure -> log.debug("Job {} is not renewed", entry.id, failure));
      }
    }
  }

  /**
   * Begins nothing more, gives what runs some time to end, and puts the rest back, so that another
   * node runs it at once.
   */
  Future<Void> close(Duration grace) {
    closed = true;
    List<Entry> left = known.values().stream().filter(entry -> entry.begun).toList();
    return Future.join(left.stream().map(entry -> entry.over.future()).toList())
        .timeout(Math.max(1, grace.toMillis()), TimeUnit.MILLISECONDS)
        .transform(
            done ->
                Future.join(
                    left.stream()
                        .filter(entry -> !entry.over.future().isComplete() && entry.takes > 0)
                        .map(entry -> release(entry, false, STOPS))
                        .toList()))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private Future<Void> turn(Entry entry) {
    meters.waiting(-1);
    if (closed) {
      return Future.succeededFuture();
    }
    entry.begun = true;
    meters.running(1);
    return take(entry).onComplete(done -> meters.running(-1));
  }

  private Future<Void> take(Entry entry) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return shards
        .write(entry.shard, WRITE_LIMIT, c -> RunStore.take(c, entry.shard, entry.id, HOLD, now))
        .compose(taken -> taken == null ? Future.succeededFuture() : run(entry, taken));
  }

  private Future<Void> run(Entry entry, Taken taken) {
    entry.takes = taken.takes();
    if (closed) {
      return release(entry, false, STOPS);
    }
    changed.accept(entry.id);
    if (taken.attempts() > config.maxAttempts()) {
      return end(entry, exhausted("its runs ended with the nodes that ran it"));
    }
    Duration limit = Duration.between(clock.instant(), taken.job().expiresAt());
    if (limit.isNegative() || limit.isZero()) {
      return end(entry, JobEnd.EXPIRED);
    }
    Duration shortest = limit.compareTo(config.runTimeout()) < 0 ? limit : config.runTimeout();
    JobRequest request = JobRequest.parse(taken.request());
    return models
        .run(taken.job(), request, shortest)
        .compose(outcome -> write(entry, taken, outcome));
  }

  private Future<Void> write(Entry entry, Taken taken, RunOutcome outcome) {
    if (outcome instanceof NotRun not) {
      return release(entry, false, not.reason());
    }
    if (outcome instanceof Lost && closed) {
      // It was this node that gave the call up.
      return release(entry, false, STOPS);
    }
    if (outcome instanceof Lost lost) {
      return taken.attempts() < config.maxAttempts()
          ? release(entry, true, lost.reason())
          : end(entry, exhausted(lost.reason()));
    }
    return end(entry, ((Over) outcome).end());
  }

  private JobEnd exhausted(String reason) {
    return JobEnd.failed(
        "attempts-exhausted", "%s, %d times".formatted(reason, config.maxAttempts()));
  }

  private Future<Void> end(Entry entry, JobEnd end) {
    // A result is right whoever has the job now; why this run failed is not.
    Integer takes = end.state() == JobState.SUCCEEDED ? null : entry.takes;
    return ends.end(entry.shard, entry.id, takes, end, WRITE_LIMIT).mapEmpty();
  }

  private Future<Void> release(Entry entry, boolean counts, String reason) {
    return shards
        .write(
            entry.shard,
            WRITE_LIMIT,
            c -> RunStore.release(c, entry.shard, entry.id, entry.takes, counts, reason))
        .onSuccess(released -> changed.accept(entry.id));
  }
}
