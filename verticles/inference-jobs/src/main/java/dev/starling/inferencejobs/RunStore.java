package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobRow.utc;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The statements of those who run jobs. Thread-safe, without state.
 *
 * <p>How long a job is taken is by the database's clock, since two nodes' clocks are not compared.
 */
final class RunStore {
  private static final ShardSql LOOK =
      new ShardSql(
          """
          SELECT id, model, expires_at,
            taken_until IS NOT NULL AND taken_until > clock_timestamp() AS taken
          FROM {shard}.inference_jobs WHERE id = ANY ($1) AND ended_at IS NULL""");

  private static final ShardSql TAKE =
      new ShardSql(
          """
          UPDATE {shard}.inference_jobs AS job
          SET state = 'running', started_at = coalesce(started_at, $3), detail = '',
            attempts = attempts + 1, takes = takes + 1,
            taken_until = clock_timestamp() + $2 * interval '1 millisecond'
          WHERE id = $1 AND ended_at IS NULL
            AND (taken_until IS NULL OR taken_until <= clock_timestamp())
          RETURNING job.request, job.attempts, job.takes, %s"""
              .formatted(JobRow.COLUMNS));

  private static final ShardSql WAIT =
      new ShardSql(
          """
          UPDATE {shard}.inference_jobs SET state = 'queued', taken_until = NULL, detail = $2
          WHERE id = $1 AND ended_at IS NULL AND (state <> 'queued' OR detail <> $2)
            AND (taken_until IS NULL OR taken_until <= clock_timestamp())""");

  private static final ShardSql RENEW =
      new ShardSql(
          """
          UPDATE {shard}.inference_jobs
          SET taken_until = clock_timestamp() + $3 * interval '1 millisecond'
          WHERE id = $1 AND takes = $2 AND ended_at IS NULL""");

  private static final ShardSql RELEASE =
      new ShardSql(
          """
          UPDATE {shard}.inference_jobs
          SET state = 'queued', taken_until = NULL, detail = $3, attempts = attempts - $4
          WHERE id = $1 AND takes = $2 AND taken_until IS NOT NULL AND ended_at IS NULL""");

  private static final ShardSql END =
      new ShardSql(
          """
          UPDATE {shard}.inference_jobs AS job
          SET state = $4, ended_at = $5, result = $6, error = $7, detail = $8, request = NULL,
            taken_until = NULL
          WHERE id = $1 AND ended_at IS NULL
            AND ($2::uuid IS NULL OR user_id = $2) AND ($3::integer IS NULL OR takes = $3)
          RETURNING %s"""
              .formatted(JobRow.COLUMNS));

  private RunStore() {}

  /**
   * A job that has not ended.
   *
   * @param taken whether somebody runs it
   */
  record Open(String model, Instant expiresAt, boolean taken) {}

  /**
   * A job that the caller may run now.
   *
   * @param request as JSON
   * @param attempts how often it was begun without a known end, this time included
   * @param takes what the caller writes with
   */
  record Taken(Job job, String request, int attempts, int takes) {}

  /** Those of these jobs that have not ended. */
  static Future<Map<UUID, Open>> look(SqlConnection connection, int shard, Collection<UUID> ids) {
    return connection
        .preparedQuery(LOOK.in(shard))
        .execute(Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)))
        .map(
            rows -> {
              Map<UUID, Open> open = new HashMap<>();
              for (Row row : rows) {
                open.put(
                    row.getUUID(0),
                    new Open(
                        row.getString(1), row.getOffsetDateTime(2).toInstant(), row.getBoolean(3)));
              }
              return open;
            });
  }

  /** Takes a job for as long as {@code hold}; null when it has ended or somebody else has it. */
  static Future<@Nullable Taken> take(
      SqlConnection connection, int shard, UUID id, Duration hold, Instant now) {
    return connection
        .preparedQuery(TAKE.in(shard))
        .execute(Tuple.of(id, hold.toMillis(), utc(now)))
        .map(
            rows -> {
              if (rows.size() == 0) {
                return null;
              }
              Row row = rows.iterator().next();
              return new Taken(
                  JobRow.job(row),
                  row.getString("request"),
                  row.getInteger("attempts"),
                  row.getInteger("takes"));
            });
  }

  /**
   * Notes what a job waits for that nobody has.
   *
   * @return whether that is new
   */
  static Future<Boolean> waitFor(SqlConnection connection, int shard, UUID id, String reason) {
    return connection
        .preparedQuery(WAIT.in(shard))
        .execute(Tuple.of(id, reason))
        .map(rows -> rows.rowCount() > 0);
  }

  /** Goes on for as long again; nothing when the job has ended or is somebody else's now. */
  static Future<Void> renew(
      SqlConnection connection, int shard, UUID id, int takes, Duration hold) {
    return connection
        .preparedQuery(RENEW.in(shard))
        .execute(Tuple.of(id, takes, hold.toMillis()))
        .mapEmpty();
  }

  /**
   * Puts a job back, once for each taking.
   *
   * @param counts whether this was an attempt
   * @param reason what it waits for
   */
  static Future<Void> release(
      SqlConnection connection, int shard, UUID id, int takes, boolean counts, String reason) {
    return connection
        .preparedQuery(RELEASE.in(shard))
        .execute(Tuple.of(id, takes, JobEnd.storable(reason), counts ? 0 : 1))
        .mapEmpty();
  }

  /**
   * Ends a job; null when it has ended before, or a condition does not hold.
   *
   * @param user whose it must be; null for anybody's
   * @param takes with which it must be taken; null for any
   */
  static Future<@Nullable Job> end(
      SqlConnection connection,
      int shard,
      UUID id,
      @Nullable UUID user,
      @Nullable Integer takes,
      JobEnd end,
      Instant now) {
    Tuple arguments =
        Tuple.tuple()
            .addUUID(id)
            .addUUID(user)
            .addInteger(takes)
            .addString(end.state().text())
            .addOffsetDateTime(utc(now))
            .addString(end.result())
            .addString(end.error())
            .addString(end.detail());
    return connection
        .preparedQuery(END.in(shard))
        .execute(arguments)
        .map(rows -> rows.size() == 0 ? null : JobRow.job(rows.iterator().next()));
  }
}
