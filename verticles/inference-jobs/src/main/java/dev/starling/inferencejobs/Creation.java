package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobStore.add;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.inferencejobs.JobRequest.Unusable;
import dev.starling.inferencejobs.JobRequest.Usable;
import dev.starling.inferencejobs.JobStore.Standing;
import dev.starling.postgres.SqlReplies;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.PositionHeader;
import dev.starling.postgres.shards.Positions;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.IdempotencyKey;
import dev.starling.sdk.Reply;
import dev.starling.sdk.TimeOrderedIds;
import dev.starling.sdk.Uuids;
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

/** Accepts jobs, once for each key of a user. Confined to the context of its instance. */
final class Creation {
  static final String REPLAYED = "idempotency-replayed";

  private final Shards shards;
  private final WebhookSender sender;
  private final Positions positions;
  private final TimeOrderedIds ids;
  private final InstantSource clock;
  private final InferenceJobsConfig config;
  private final JobMeters meters;

  /** What became of a request. */
  private sealed interface Outcome {}

  private record Created(Job job) implements Outcome {}

  private record Replayed(Job job) implements Outcome {}

  private record KeyReused() implements Outcome {}

  private record TooMany() implements Outcome {}

  Creation(
      Shards shards,
      WebhookSender sender,
      Positions positions,
      TimeOrderedIds ids,
      InstantSource clock,
      InferenceJobsConfig config,
      JobMeters meters) {
    this.shards = shards;
    this.sender = sender;
    this.positions = positions;
    this.ids = ids;
    this.clock = clock;
    this.config = config;
    this.meters = meters;
  }

  Future<Reply<JobView>> create(Call call, NewJob asked) {
    String header = call.header(IdempotencyKey.HEADER);
    if (header == null) {
      return refused(
          Refusal.MALFORMED,
          "idempotency-key-missing",
          "header Idempotency-Key: missing (expected: a new key for each job, the same for each"
              + " attempt at it)");
    }
    String key = IdempotencyKey.parse(header);
    if (key == null) {
      return refused(
          Refusal.MALFORMED,
          "idempotency-key-malformed",
          "header Idempotency-Key: " + IdempotencyKey.EXPECTATION + ", quoted or not");
    }
    UUID user = Uuids.parse(call.principal().subject());
    if (user == null) {
      return refused(Refusal.FORBIDDEN, "", "only users can have jobs");
    }
    Violation violation = violation(asked);
    if (violation != null) {
      return Future.succeededFuture(Reply.invalid(violation));
    }
    JobRequest.Reading reading = JobRequest.read(asked);
    if (reading instanceof Unusable unusable) {
      return Future.succeededFuture(Reply.invalid(unusable.violations().toArray(Violation[]::new)));
    }
    return store(call, user, key, asked, ((Usable) reading).request());
  }

  private @Nullable Violation violation(NewJob asked) {
    if (asked.expiresIn() != null && asked.expiresIn() > config.longestExpiry().toSeconds()) {
      return new Violation(
          "/expires_in", "must be less than or equal to " + config.longestExpiry().toSeconds());
    }
    String problem = asked.callbackUrl() == null ? null : sender.problemOf(asked.callbackUrl());
    return problem == null ? null : new Violation("/callback_url", problem);
  }

  private Future<Reply<JobView>> store(
      Call call, UUID user, String key, NewJob asked, JobRequest request) {
    int shard = Shards.of(user);
    Job job = job(call, user, asked);
    UUID fingerprint = Fingerprint.of(asked, request.inputs(), request.outputs());
    return shards
        .transact(
            shard,
            remaining(call),
            connection ->
                JobStore.standing(connection, shard, user, key)
                    .compose(
                        standing ->
                            decide(connection, shard, standing, job, key, fingerprint, request)))
        .onSuccess(
            outcome -> {
              if (outcome instanceof Created) {
                meters.accepted();
              }
            })
        .compose(
            outcome ->
                positions.after(shard, remaining(call)).map(position -> answer(outcome, position)))
        .recover(SqlReplies::refusal);
  }

  private Job job(Call call, UUID user, NewJob asked) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Duration life =
        asked.expiresIn() == null ? config.expiry() : Duration.ofSeconds(asked.expiresIn());
    return new Job(
        ids.next(now),
        user,
        asked.model(),
        asked.version() == null ? "" : asked.version(),
        asked.callbackUrl() == null ? "" : asked.callbackUrl(),
        call.context().trace().traceparent(),
        JobState.QUEUED,
        now,
        now.plus(life),
        null,
        null,
        null,
        "");
  }

  private Future<Outcome> decide(
      SqlConnection connection,
      int shard,
      Standing standing,
      Job job,
      String key,
      UUID fingerprint,
      JobRequest request) {
    if (standing.earlier() != null) {
      return Future.succeededFuture(
          fingerprint.equals(standing.fingerprint())
              ? new Replayed(standing.earlier())
              : new KeyReused());
    }
    if (standing.open() >= config.maxOpenPerUser()) {
      return Future.succeededFuture(new TooMany());
    }
    return add(connection, shard, job, key, fingerprint, request)
        .compose(added -> Outbox.append(connection, shard, List.of(JobEvents.run(job))))
        .map(new Created(job));
  }

  private Reply<JobView> answer(Outcome outcome, @Nullable Position position) {
    if (outcome instanceof KeyReused) {
      return Reply.refused(
          Refusal.INVALID,
          "idempotency-key-reused",
          "a job with another body was made under this key (expected: a new key)");
    }
    if (outcome instanceof TooMany) {
      return Reply.refused(
          Refusal.CONFLICT,
          "too-many-jobs",
          "%d jobs have not ended (expected: fewer than that; wait for one, or cancel it)"
              .formatted(config.maxOpenPerUser()));
    }
    Reply<JobView> reply =
        outcome instanceof Replayed replayed
            ? accepted(replayed.job()).header(REPLAYED, "true")
            : accepted(((Created) outcome).job());
    return position == null ? reply : PositionHeader.on(reply, position);
  }

  private static Reply<JobView> accepted(Job job) {
    return Reply.accepted(JobView.accepted(job))
        .header("location", "/v1/inference/jobs/" + job.id());
  }

  private static Duration remaining(Call call) {
    return call.context().remaining(System.nanoTime());
  }

  private static Future<Reply<JobView>> refused(Refusal refusal, String type, String detail) {
    return Future.succeededFuture(Reply.refused(refusal, type, detail));
  }
}
