package dev.starling.inferencejobs;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.inferencejobs.JobStore.WithResult;
import dev.starling.postgres.SqlReplies;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.PositionHeader;
import dev.starling.postgres.shards.Positions;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.PageQuery;
import dev.starling.sdk.Producer;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients ask of jobs, each of his own alone: whose shard a job is in follows from who
 * asks. Confined to the context of its instance.
 */
final class Jobs {
  private final Shards shards;
  private final JobEnds ends;
  private final JobWatch watch;
  private final Positions positions;
  private final Duration maxStaleness;

  Jobs(Shards shards, JobEnds ends, JobWatch watch, Positions positions, Duration maxStaleness) {
    this.shards = shards;
    this.ends = ends;
    this.watch = watch;
    this.positions = positions;
    this.maxStaleness = maxStaleness;
  }

  Future<Reply<JobView>> get(Call call) {
    UUID id = call.path(JobPath.class).jobId();
    return look(
        call,
        (user, freshness) ->
            shards
                .read(
                    Shards.of(user),
                    freshness,
                    remaining(call),
                    connection -> JobStore.byId(connection, Shards.of(user), user, id))
                .map(job -> job == null ? Jobs.<JobView>absent() : Reply.ok(JobView.of(job))));
  }

  Future<Reply<ResultView>> result(Call call) {
    UUID id = call.path(JobPath.class).jobId();
    return look(
        call,
        (user, freshness) ->
            shards
                .read(
                    Shards.of(user),
                    freshness,
                    remaining(call),
                    connection -> JobStore.result(connection, Shards.of(user), user, id))
                .map(Jobs::result));
  }

  private static Reply<ResultView> result(@Nullable WithResult found) {
    if (found == null) {
      return absent();
    }
    Job job = found.job();
    return switch (job.state()) {
      case SUCCEEDED ->
          Reply.okJson(String.valueOf(found.result()).getBytes(StandardCharsets.UTF_8));
      case QUEUED, RUNNING ->
          Reply.refused(Refusal.CONFLICT, "job-not-finished", "the job is " + job.state().text());
      case CANCELLED -> Reply.refused(Refusal.CONFLICT, "job-cancelled", "the job was cancelled");
      case FAILED ->
          Reply.refused(
              Refusal.INVALID,
              Objects.equals(JobEnd.EXPIRED.error(), job.error()) ? "job-expired" : "job-failed",
              "the job has no result, %s: %s".formatted(job.error(), job.detail()));
    };
  }

  Future<Reply<JobPage>> list(Call call) {
    PageQuery page = call.query(PageQuery.class);
    Reply<JobPage> refused = page.refused();
    if (refused != null) {
      return Future.succeededFuture(refused);
    }
    return look(
        call,
        (user, freshness) ->
            shards
                .read(
                    Shards.of(user),
                    freshness,
                    remaining(call),
                    connection ->
                        JobStore.page(
                            connection, Shards.of(user), user, page.after(), page.limit() + 1))
                .map(found -> Reply.ok(JobPage.of(found, page.limit()))));
  }

  /** Whoever asks again gets the same answer. */
  Future<Reply<JobView>> cancel(Call call) {
    UUID id = call.path(JobPath.class).jobId();
    return asUser(
        call,
        user ->
            ends.cancel(user, id, remaining(call))
                .compose(
                    ended -> ended == null ? byId(user, id, call) : Future.succeededFuture(ended))
                .compose(job -> cancelled(job, user, call)));
  }

  private Future<Reply<JobView>> cancelled(@Nullable Job job, UUID user, Call call) {
    if (job == null) {
      return Future.succeededFuture(absent());
    }
    if (job.state() != JobState.CANCELLED) {
      return Future.succeededFuture(
          Reply.refused(
              Refusal.CONFLICT,
              "job-finished",
              "the job has %s (expected: one that is queued or running)"
                  .formatted(job.state().text())));
    }
    return positions
        .after(Shards.of(user), remaining(call))
        .map(
            position -> {
              Reply<JobView> reply = Reply.ok(JobView.of(job));
              return position == null ? reply : PositionHeader.on(reply, position);
            });
  }

  /** The state, then each change, until the job has ended. */
  Future<Reply<Producer<JobView>>> events(Call call) {
    UUID id = call.path(JobPath.class).jobId();
    return asUser(
        call,
        user -> {
          if (watch.isFull()) {
            return Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, JobWatch.FULL));
          }
          return byId(user, id, call).map(this::watching);
        });
  }

  private Reply<Producer<JobView>> watching(@Nullable Job job) {
    return job == null ? absent() : Reply.ok(out -> watch.begin(job, out));
  }

  private Future<@Nullable Job> byId(UUID user, UUID id, Call call) {
    int shard = Shards.of(user);
    return shards.read(
        shard, remaining(call), connection -> JobStore.byId(connection, shard, user, id));
  }

  /** Reads as fresh as what the caller has seen, and never older than the configuration allows. */
  private <T> Future<Reply<T>> look(Call call, BiFunction<UUID, Freshness, Future<Reply<T>>> work) {
    return PositionHeader.read(
        call, maxStaleness, freshness -> asUser(call, user -> work.apply(user, freshness)));
  }

  private static <T> Future<Reply<T>> asUser(Call call, Function<UUID, Future<Reply<T>>> work) {
    UUID user = Uuids.parse(call.principal().subject());
    return user == null
        ? Future.succeededFuture(absent())
        : work.apply(user).recover(SqlReplies::refusal);
  }

  private static Duration remaining(Call call) {
    return call.context().remaining(System.nanoTime());
  }

  private static <T> Reply<T> absent() {
    return Reply.refused(Refusal.ABSENT, "there is no such job");
  }
}
