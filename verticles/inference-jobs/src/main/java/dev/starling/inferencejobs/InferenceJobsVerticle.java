package dev.starling.inferencejobs;

import dev.starling.contract.event.EventContract;
import dev.starling.contract.inference.JobContract;
import dev.starling.contract.inference.JobContract.JobChanged;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.postgres.Candidacy;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.Positions;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.IdempotencyKey;
import dev.starling.sdk.Instances;
import dev.starling.sdk.Members;
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
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Serves inference jobs to clients, and runs them. */
public final class InferenceJobsVerticle extends ServiceVerticle {
  private static final String SECTION = "inference-jobs";
  private static final int MAX_BODY_BYTES = 256 * 1024;

  /** How late a change may be seen by those who watch, when nobody told of it. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** What runs may go on for so long when the instance stops. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<Long> timers = new ArrayList<>();
  private final List<Candidacy> candidacies = new ArrayList<>();
  private @Nullable Creation creation;
  private @Nullable Jobs jobs;
  private @Nullable RunQueue queue;

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, InferenceJobsConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  /** It waits for models most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected void declare(Operations on) {
    on.post(
            "/v1/inference/jobs",
            NewJob.class,
            JobView.class,
            (call, job) -> open(creation).create(call, job))
        .id("inference-jobs.create")
        .summary("Has a model run later, once for each Idempotency-Key")
        .wants(IdempotencyKey.HEADER)
        .maxBodyBytes(MAX_BODY_BYTES)
        .safeToRetry()
        .answers(Kind.ACCEPTED)
        .refuses(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
    on.get("/v1/inference/jobs", JobPage.class, call -> open(jobs).list(call))
        .id("inference-jobs.list")
        .summary("Lists the caller's jobs, the newest first")
        .query(PageQuery.class)
        .wants(Position.HEADER);
    on.get("/v1/inference/jobs/{id}", JobView.class, call -> open(jobs).get(call))
        .id("inference-jobs.get")
        .summary("Shows a job of the caller")
        .path(JobPath.class)
        .wants(Position.HEADER)
        .refuses(Refusal.ABSENT);
    on.get("/v1/inference/jobs/{id}/result", ResultView.class, call -> open(jobs).result(call))
        .id("inference-jobs.result")
        .summary("Gives what the model answered")
        .path(JobPath.class)
        .wants(Position.HEADER)
        .refuses(Refusal.ABSENT, Refusal.CONFLICT, Refusal.INVALID);
    on.post("/v1/inference/jobs/{id}/cancel", JobView.class, call -> open(jobs).cancel(call))
        .id("inference-jobs.cancel")
        .summary("Ends a job of the caller that has not ended")
        .path(JobPath.class)
        .safeToRetry()
        .refuses(Refusal.ABSENT, Refusal.CONFLICT, Refusal.UNKNOWN_OUTCOME);
    on.stream("/v1/inference/jobs/{id}/events", JobView.class, call -> open(jobs).events(call))
        .id("inference-jobs.events")
        .summary("Shows a job of the caller, then each change, until it has ended")
        .path(JobPath.class)
        .refuses(Refusal.ABSENT);
  }

  @Override
  protected Future<?> open() {
    InferenceJobsConfig config = node().config(SECTION, InferenceJobsConfig.defaults());
    Shards shards = node().resource(Shards.class);
    return Schema.prepare(node(), shards)
        .compose(prepared -> retain(config, shards))
        .compose(candidate -> WebhookSender.of(node(), vertx))
        .compose(sender -> serve(config, shards, sender));
  }

  @Override
  protected Future<?> shut() {
    timers.forEach(vertx::cancelTimer);
    Future<Void> stopped = queue == null ? Future.succeededFuture() : queue.close(GRACE);
    return stopped.eventually(
        () -> Future.join(candidacies.stream().map(Candidacy::leave).toList()));
  }

  private Future<Void> serve(InferenceJobsConfig config, Shards shards, WebhookSender sender) {
    SecureRandom secure = new SecureRandom();
    TimeOrderedIds ids = new TimeOrderedIds(secure::nextLong);
    JobMeters meters = JobMeters.of(node());
    Positions positions = Positions.of(node(), shards);
    JobEnds ends =
        new JobEnds(
            shards,
            ids,
            node().clock(),
            job -> {
              meters.ended(job);
              publish(job.id());
            });
    ModelCalls models = new ModelCalls(bus(), node().find(Members.class), new SplittableRandom());
    RunQueue runs =
        new RunQueue(shards, models, ends, config, node().clock(), this::publish, meters);
    JobWatch watch = new JobWatch(shards, config.maxWatchers());
    JobRunner runner = new JobRunner(shards, ends, runs, models, node().clock(), this::publish);
    queue = runs;
    creation = new Creation(shards, sender, positions, ids, node().clock(), config, meters);
    jobs = new Jobs(shards, ends, watch, positions, config.maxStaleness());
    every(RunQueue.RENEWAL, runs::renew);
    every(LOOK, watch::lookAtAll);
    return subscribe(JobContract.CHANGED, changed -> changed(changed, watch))
        .compose(
            subscribed ->
                serve(
                    EventContract.deliver(JobEvents.RUNS),
                    BookingDelay.measured(node(), JobEvents.RUNS, runner::receive)));
  }

  private Future<?> retain(InferenceJobsConfig config, Shards shards) {
    List<Future<Void>> begun = new ArrayList<>();
    for (ShardDatabase database : shards.databases().values()) {
      JobRetention retention =
          node()
              .shared(
                  "inference-jobs:retention:" + database.name(),
                  () ->
                      new JobRetention(
                          database.name(),
                          shards,
                          config.retention(),
                          node().clock(),
                          System::nanoTime));
      Candidacy candidacy = retention.candidacy(node(), vertx);
      candidacies.add(candidacy);
      every(JobRetention.INTERVAL, candidacy::tick);
      begun.add(candidacy.tick());
    }
    return Future.join(begun);
  }

  private void every(Duration interval, Runnable work) {
    timers.add(vertx.setPeriodic(interval.toMillis(), tick -> work.run()));
  }

  private void publish(UUID job) {
    bus().publish(JobContract.CHANGED, new JobChanged(job.toString()));
  }

  private static void changed(JobChanged changed, JobWatch watch) {
    UUID id = Uuids.parse(changed.jobId());
    if (id != null) {
      watch.changed(id);
    }
  }

  private static <T> T open(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not open");
    }
    return part;
  }
}
