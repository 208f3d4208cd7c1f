package dev.starling.inferencejobs;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns of a job, as statements name them and as they are read. Without state. */
final class JobRow {
  private static final String[] NAMES = {
    "id",
    "user_id",
    "model",
    "version",
    "callback_url",
    "traceparent",
    "state",
    "created_at",
    "expires_at",
    "started_at",
    "ended_at",
    "error",
    "detail"
  };

  /** For {@code RETURNING} and {@code SELECT}, of the table's alias {@code job}. */
  static final String COLUMNS =
      Arrays.stream(NAMES).map(name -> "job." + name).collect(Collectors.joining(", "));

  private JobRow() {}

  static Job job(Row row) {
    return new Job(
        row.getUUID("id"),
        row.getUUID("user_id"),
        row.getString("model"),
        row.getString("version"),
        row.getString("callback_url"),
        row.getString("traceparent"),
        JobState.of(row.getString("state")),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("expires_at").toInstant(),
        instant(row.getOffsetDateTime("started_at")),
        instant(row.getOffsetDateTime("ended_at")),
        row.getString("error"),
        row.getString("detail"));
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
