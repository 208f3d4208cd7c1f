package dev.starling.devices;

import static dev.starling.devices.CommandRow.utc;

import dev.starling.postgres.shards.ShardSql;
import dev.starling.sdk.PageCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of users and their devices on commands. Thread-safe, without state. */
final class CommandStore {
  private static final ShardSql PAGE =
      ofDevice(
          """
          SELECT * FROM {shard}.device_commands
          WHERE user_id = $1 AND device = $2
            AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
          ORDER BY created_at DESC, id DESC LIMIT $3""",
          "command.created_at DESC, command.id DESC");

  /** Each device that is there, once for each command or once with nulls. */
  private static final ShardSql OPEN =
      new ShardSql(
          """
          SELECT device.id AS of_device, %s FROM {shard}.devices AS device
          LEFT JOIN LATERAL (
            SELECT * FROM {shard}.device_commands
            WHERE user_id = $1 AND device = device.id AND ended_at IS NULL AND expires_at > $4
            ORDER BY seq LIMIT $3) AS command ON true
          WHERE device.user_id = $1 AND device.id = ANY ($2) ORDER BY command.seq"""
              .formatted(CommandRow.COLUMNS));

  private static final ShardSql BY_ID =
      new ShardSql(
          """
          SELECT %s FROM {shard}.device_commands AS command WHERE user_id = $1 AND id = $2"""
              .formatted(CommandRow.COLUMNS));

  /** Without waiting for the disk: a command that stays pending with the server is no worse. */
  private static final ShardSql DELIVERED =
      new ShardSql(
          """
          WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
          UPDATE {shard}.device_commands SET state = 'delivered', delivered_at = $3 FROM soon
          WHERE user_id = $1 AND id = ANY ($2) AND state = 'pending'
          RETURNING issued_at""");

  private static final ShardSql ACKNOWLEDGE =
      new ShardSql(
          """
          UPDATE {shard}.device_commands AS command
          SET state = 'acknowledged', ack_status = $5, ack_detail = $6, ended_at = $4,
            delivered_at = coalesce(delivered_at, $4)
          WHERE user_id = $1 AND device = $2 AND id = $3 AND ended_at IS NULL AND expires_at > $4
          RETURNING %s"""
              .formatted(CommandRow.COLUMNS));

  private static final ShardSql REJECT =
      new ShardSql(
          """
          UPDATE {shard}.device_commands SET state = 'rejected', reason = $3, ended_at = $4
          WHERE user_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > $4""");

  private static final ShardSql REJECT_ALL =
      new ShardSql(
          """
          UPDATE {shard}.device_commands SET state = 'rejected', reason = $3, ended_at = $4
          WHERE user_id = $1 AND device = $2 AND ended_at IS NULL AND expires_at > $4""");

  private static final ShardSql PENDING =
      new ShardSql(
          """
          SELECT id FROM {shard}.device_commands
          WHERE user_id = $1 AND device = $2 AND state = 'pending' AND expires_at > $3
          ORDER BY seq""");

  private CommandStore() {}

  /** One row with nulls when there is the device and no command; none when it is not there. */
  private static ShardSql ofDevice(String commands, String order) {
    return new ShardSql(
        """
        SELECT %s FROM {shard}.devices AS device
        LEFT JOIN LATERAL (%s) AS command ON true
        WHERE device.user_id = $1 AND device.id = $2 ORDER BY %s"""
            .formatted(CommandRow.COLUMNS, commands, order));
  }

  /** At most {@code limit} of a device's commands behind the cursor; null without the device. */
  static Future<@Nullable List<Command>> page(
      SqlConnection connection,
      int shard,
      UUID user,
      String device,
      @Nullable PageCursor after,
      int limit) {
    Tuple arguments =
        Tuple.of(
            user,
            device,
            limit,
            after == null ? null : utc(after.at()),
            after == null ? null : after.id());
    return commands(connection, PAGE.in(shard), arguments);
  }

  /**
   * What each of a user's devices is still to do, in its order; nothing for one that is not there.
   *
   * @param limit of the commands of a device
   */
  static Future<Map<String, List<Command>>> open(
      SqlConnection connection,
      int shard,
      UUID user,
      Collection<String> devices,
      Instant now,
      int limit) {
    Tuple arguments =
        Tuple.of(user)
            .addArrayOfString(devices.toArray(String[]::new))
            .addInteger(limit)
            .addOffsetDateTime(utc(now));
    return connection
        .preparedQuery(OPEN.in(shard))
        .execute(arguments)
        .map(
            rows -> {
              Map<String, List<Command>> open = new HashMap<>();
              for (Row row : rows) {
                List<Command> commands =
                    open.computeIfAbsent(row.getString("of_device"), first -> new ArrayList<>());
                if (row.getUUID("id") != null) {
                  commands.add(CommandRow.command(row));
                }
              }
              return open;
            });
  }

  /** A user's command, or null. */
  static Future<@Nullable Command> byId(SqlConnection connection, int shard, UUID user, UUID id) {
    Future<RowSet<Row>> found =
        connection.preparedQuery(BY_ID.in(shard)).execute(Tuple.of(user, id));
    return found.map(CommandStore::first);
  }

  /**
   * Notes that commands were handed to their device.
   *
   * @return when those were issued that had not been before
   */
  static Future<List<Instant>> delivered(
      SqlConnection connection, int shard, UUID user, Collection<UUID> ids, Instant now) {
    Tuple arguments =
        Tuple.of(user).addArrayOfUUID(ids.toArray(UUID[]::new)).addOffsetDateTime(utc(now));
    return connection
        .preparedQuery(DELIVERED.in(shard))
        .execute(arguments)
        .map(rows -> rows.stream().map(row -> row.getOffsetDateTime(0).toInstant()).toList());
  }

  /** Ends an open command as its device says; null when there is no such open command. */
  static Future<@Nullable Command> acknowledge(
      SqlConnection connection,
      int shard,
      UUID user,
      String device,
      UUID id,
      Acknowledgement ack,
      Instant now) {
    Tuple arguments =
        Tuple.of(user, device, id, utc(now)).addString(ack.status().text()).addString(ack.detail());
    Future<RowSet<Row>> ended = connection.preparedQuery(ACKNOWLEDGE.in(shard)).execute(arguments);
    return ended.map(CommandStore::first);
  }

  /** Ends an open command that cannot be done; whether it was this that ended it. */
  static Future<Boolean> reject(
      SqlConnection connection, int shard, UUID user, UUID id, Rejection reason, Instant now) {
    return connection
        .preparedQuery(REJECT.in(shard))
        .execute(Tuple.of(user, id, reason.text(), utc(now)))
        .map(rows -> rows.rowCount() > 0);
  }

  /** Ends all open commands of a device; how many they were. */
  static Future<Integer> rejectAll(
      SqlConnection connection,
      int shard,
      UUID user,
      String device,
      Rejection reason,
      Instant now) {
    return connection
        .preparedQuery(REJECT_ALL.in(shard))
        .execute(Tuple.of(user, device, reason.text(), utc(now)))
        .map(rows -> rows.rowCount());
  }

  /** The commands of a device that nobody has fetched, in its order. */
  static Future<List<UUID>> pending(
      SqlConnection connection, int shard, UUID user, String device, Instant now) {
    return connection
        .preparedQuery(PENDING.in(shard))
        .execute(Tuple.of(user, device, utc(now)))
        .map(rows -> rows.stream().map(row -> row.getUUID(0)).toList());
  }

  private static Future<@Nullable List<Command>> commands(
      SqlConnection connection, String sql, Tuple arguments) {
    Future<RowSet<Row>> found = connection.preparedQuery(sql).execute(arguments);
    return found.map(
        rows ->
            rows.size() == 0
                ? null
                : rows.stream()
                    .filter(row -> row.getUUID("id") != null)
                    .map(CommandRow::command)
                    .toList());
  }

  private static @Nullable Command first(RowSet<Row> rows) {
    return rows.size() == 0 ? null : CommandRow.command(rows.iterator().next());
  }
}
