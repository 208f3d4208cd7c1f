package dev.starling.devices;

import static dev.starling.devices.CommandRow.utc;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.device.FusionEvents.Target;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The statements that book a command, all of them in the inbox' transaction. Thread-safe, without
 * state.
 */
final class IssueStore {
  private static final ShardSql FORMER =
      new ShardSql(
          """
          SELECT ack_status FROM {shard}.device_commands
          WHERE user_id = $1 AND id = $2 FOR UPDATE""");

  private static final ShardSql STANDING =
      new ShardSql(
          """
          SELECT
            EXISTS (
              SELECT FROM {shard}.device_commands WHERE user_id = $1 AND replaces = $2)
              AS corrected,
            (SELECT count(*) FROM {shard}.device_commands
              WHERE user_id = $1 AND device = $3 AND ended_at IS NULL AND expires_at > $4) AS open""");

  private static final ShardSql ADD =
      new ShardSql(
          """
          INSERT INTO {shard}.device_commands
            (user_id, id, device, intent, target_kind, target_id, arguments, decision_source,
             decision_id, revision, replaces, state, reason, issued_at, expires_at, created_at,
             ended_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
          ON CONFLICT (user_id, id) DO NOTHING""");

  private static final ShardSql SUPERSEDE =
      new ShardSql(
          """
          UPDATE {shard}.device_commands SET state = 'superseded', ended_at = $3
          WHERE user_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > $3""");

  private IssueStore() {}

  /** Whether a device has said that it has done a command, which nobody else can change then. */
  static Future<Boolean> isDone(SqlConnection connection, int shard, UUID user, UUID former) {
    Future<RowSet<Row>> found =
        connection.preparedQuery(FORMER.in(shard)).execute(Tuple.of(user, former));
    return found.map(
        rows ->
            rows.size() > 0
                && AckStatus.DONE.text().equals(rows.iterator().next().getString("ack_status")));
  }

  /** How things stand for a command that is to be booked, but for what it corrects. */
  static Future<Fate.Standing> standing(
      SqlConnection connection, int shard, UUID user, FusionEvents.Command command, Instant now) {
    return connection
        .preparedQuery(STANDING.in(shard))
        .execute(Tuple.of(user, command.commandId(), command.device(), utc(now)))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Fate.Standing(row.getBoolean("corrected"), row.getLong("open"));
            });
  }

  /** Books a command in the state that it begins in; false when it was booked before. */
  static Future<Boolean> add(
      SqlConnection connection,
      int shard,
      UUID user,
      FusionEvents.Command command,
      Fate fate,
      Instant now) {
    Target target = command.target();
    Rejection reason = fate.reason();
    Instant ended = endOf(command, fate, now);
    Tuple arguments =
        Tuple.tuple()
            .addUUID(user)
            .addUUID(command.commandId())
            .addString(command.device())
            .addString(command.intent())
            .addString(target == null ? null : target.kind())
            .addString(target == null ? null : target.id())
            .addString(new String(Json.toBytes(command.arguments()), UTF_8))
            .addString(command.decision().source())
            .addString(command.decision().id())
            .addInteger(command.revision())
            .addUUID(command.replaces())
            .addString(fate.state().text())
            .addString(reason == null ? null : reason.text())
            .addOffsetDateTime(utc(command.issuedAt()))
            .addOffsetDateTime(utc(command.expiresAt()))
            .addOffsetDateTime(utc(now))
            .addOffsetDateTime(ended == null ? null : utc(ended));
    return connection
        .preparedQuery(ADD.in(shard))
        .execute(arguments)
        .map(rows -> rows.rowCount() > 0);
  }

  /** Ends a command that a correction takes back; whether it was open. */
  static Future<Boolean> supersede(
      SqlConnection connection, int shard, UUID user, UUID former, Instant now) {
    return connection
        .preparedQuery(SUPERSEDE.in(shard))
        .execute(Tuple.of(user, former, utc(now)))
        .map(rows -> rows.rowCount() > 0);
  }

  private static @Nullable Instant endOf(FusionEvents.Command command, Fate fate, Instant now) {
    return switch (fate.state()) {
      case PENDING, DELIVERED -> null;
      case EXPIRED -> command.expiresAt();
      case ACKNOWLEDGED, SUPERSEDED, REJECTED -> now;
    };
  }
}
