package dev.starling.inferencejobs;

import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.TimeOrderedIds;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends jobs, each once, and asks for the end to be told in the same transaction. Confined to the
 * context of its instance.
 */
final class JobEnds {
  private final Shards shards;
  private final TimeOrderedIds ids;
  private final InstantSource clock;
  private final Consumer<Job> ended;

  /**
   * @param ended is told of each job that was ended here, after the commit
   */
  JobEnds(Shards shards, TimeOrderedIds ids, InstantSource clock, Consumer<Job> ended) {
    this.shards = shards;
    this.ids = ids;
    this.clock = clock;
    this.ended = ended;
  }

  /**
   * Ends a job as whoever took it.
   *
   * @param takes that it was taken with; null when the end is good whoever has it now
   * @return null when it was not this that ended it
   */
  Future<@Nullable Job> end(
      int shard, UUID id, @Nullable Integer takes, JobEnd end, Duration limit) {
    return end(shard, id, null, takes, end, limit);
  }

  /** Ends a job as its user; null when it has ended before, or is not this user's. */
  Future<@Nullable Job> cancel(UUID user, UUID id, Duration limit) {
    return end(Shards.of(user), id, user, null, JobEnd.CANCELLED, limit);
  }

  private Future<@Nullable Job> end(
      int shard,
      UUID id,
      @Nullable UUID user,
      @Nullable Integer takes,
      JobEnd end,
      Duration limit) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    UUID event = ids.next(now);
    return shards
        .<@Nullable Job>transact(
            shard,
            limit,
            connection ->
                RunStore.end(connection, shard, id, user, takes, end, now)
                    .compose(job -> tell(connection, shard, job, event, now)))
        .onSuccess(
            job -> {
              if (job != null) {
                ended.accept(job);
              }
            });
  }

  private static Future<@Nullable Job> tell(
      SqlConnection connection, int shard, @Nullable Job job, UUID event, Instant now) {
    return job == null || job.callbackUrl().isEmpty()
        ? Future.succeededFuture(job)
        : Outbox.append(connection, shard, List.of(JobEvents.ended(event, job, now))).map(job);
  }
}
