package dev.starling.inferencejobs;

import static dev.starling.inferencejobs.JobRow.utc;

import dev.starling.postgres.shards.ShardSql;
import dev.starling.sdk.PageCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of clients on the jobs of a shard. Thread-safe, without state. */
final class JobStore {
  /** The first of two numbers of the advisory lock, the letters "jobs". */
  private static final int LOCK = 0x6a6f6273;

  /** One creation of a user at a time, so that what is counted is all there is. */
  private static final String ALONE =
      "SELECT pg_advisory_xact_lock(" + LOCK + ", hashtext($1::uuid::text))";

  private static final ShardSql STANDING =
      new ShardSql(
          """
          SELECT (
              SELECT count(*) FROM {shard}.inference_jobs
              WHERE user_id = $1 AND ended_at IS NULL) AS open,
            job.fingerprint, %s
          FROM (SELECT) AS once
          LEFT JOIN {shard}.inference_jobs AS job ON job.user_id = $1 AND job.key = $2"""
              .formatted(JobRow.COLUMNS));

  private static final ShardSql ADD =
      new ShardSql(
          """
          INSERT INTO {shard}.inference_jobs
            (id, user_id, key, fingerprint, model, version, request, callback_url, traceparent,
             state, created_at, expires_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11)""");

  private static final ShardSql BY_ID =
      new ShardSql(
          """
          SELECT %s FROM {shard}.inference_jobs AS job WHERE id = $2 AND user_id = $1"""
              .formatted(JobRow.COLUMNS));

  private static final ShardSql RESULT =
      new ShardSql(
          """
          SELECT job.result, %s FROM {shard}.inference_jobs AS job
          WHERE id = $2 AND user_id = $1"""
              .formatted(JobRow.COLUMNS));

  private static final ShardSql PAGE =
      new ShardSql(
          """
          SELECT %s FROM {shard}.inference_jobs AS job
          WHERE user_id = $1
            AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
          ORDER BY created_at DESC, id DESC LIMIT $4"""
              .formatted(JobRow.COLUMNS));

  private JobStore() {}

  /**
   * How a user stands who wants a job.
   *
   * @param open jobs that have not ended
   * @param earlier the job that was made under this key; null when there is none
   * @param fingerprint what was asked for then
   */
  record Standing(long open, @Nullable Job earlier, @Nullable UUID fingerprint) {}

  /**
   * @param result JSON; null of those that have none
   */
  record WithResult(Job job, @Nullable String result) {}

  /** In a transaction, to whose end nobody else makes a job for this user. */
  static Future<Standing> standing(SqlConnection connection, int shard, UUID user, String key) {
    // The second statement sees what was committed while the first one waited.
    Future<RowSet<Row>> locked = connection.preparedQuery(ALONE).execute(Tuple.of(user));
    return locked
        .compose(alone -> connection.preparedQuery(STANDING.in(shard)).execute(Tuple.of(user, key)))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              UUID fingerprint = row.getUUID("fingerprint");
              return new Standing(
                  row.getLong("open"), fingerprint == null ? null : JobRow.job(row), fingerprint);
            });
  }

  /** In the same transaction. */
  static Future<Void> add(
      SqlConnection connection,
      int shard,
      Job job,
      String key,
      UUID fingerprint,
      JobRequest request) {
    Tuple arguments =
        Tuple.tuple()
            .addUUID(job.id())
            .addUUID(job.userId())
            .addString(key)
            .addUUID(fingerprint)
            .addString(job.model())
            .addString(job.version())
            .addString(request.json())
            .addString(job.callbackUrl())
            .addString(job.traceparent())
            .addOffsetDateTime(utc(job.createdAt()))
            .addOffsetDateTime(utc(job.expiresAt()));
    return connection.preparedQuery(ADD.in(shard)).execute(arguments).mapEmpty();
  }

  /** A user's job, or null. */
  static Future<@Nullable Job> byId(SqlConnection connection, int shard, UUID user, UUID id) {
    return connection
        .preparedQuery(BY_ID.in(shard))
        .execute(Tuple.of(user, id))
        .map(rows -> rows.size() == 0 ? null : JobRow.job(rows.iterator().next()));
  }

  /** Likewise, with its result. */
  static Future<@Nullable WithResult> result(
      SqlConnection connection, int shard, UUID user, UUID id) {
    return connection
        .preparedQuery(RESULT.in(shard))
        .execute(Tuple.of(user, id))
        .map(
            rows -> {
              if (rows.size() == 0) {
                return null;
              }
              Row row = rows.iterator().next();
              return new WithResult(JobRow.job(row), row.getString("result"));
            });
  }

  /** At most {@code limit} of a user's jobs behind the cursor, the newest first. */
  static Future<List<Job>> page(
      SqlConnection connection, int shard, UUID user, @Nullable PageCursor after, int limit) {
    Tuple arguments =
        Tuple.of(
            user, after == null ? null : utc(after.at()), after == null ? null : after.id(), limit);
    return connection
        .preparedQuery(PAGE.in(shard))
        .execute(arguments)
        .map(rows -> rows.stream().map(JobRow::job).toList());
  }
}
