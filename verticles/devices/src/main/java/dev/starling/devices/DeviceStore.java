package dev.starling.devices;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements on the devices of a shard. Thread-safe, without state. */
final class DeviceStore {
  /** The first of two numbers of the advisory lock, the letters "devs". */
  private static final int LOCK = 0x64657673;

  /** One registration of a user at a time, so that what is counted is all there is. */
  private static final String ALONE =
      "SELECT pg_advisory_xact_lock(" + LOCK + ", hashtext($1::uuid::text))";

  private static final String COLUMNS =
      """
      user_id, id, name, kind, location, capabilities, webhook, webhook_secret, secret_at,
      created_at, updated_at""";

  private static final ShardSql COUNT =
      new ShardSql("SELECT count(*) FROM {shard}.devices WHERE user_id = $1");

  private static final ShardSql PUT =
      new ShardSql(
          """
          INSERT INTO {shard}.devices (%s)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
          ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
            location = excluded.location, capabilities = excluded.capabilities,
            webhook = excluded.webhook, webhook_secret = excluded.webhook_secret,
            secret_at = excluded.secret_at, updated_at = excluded.updated_at"""
              .formatted(COLUMNS));

  private static final ShardSql FIND =
      new ShardSql(
          "SELECT %s FROM {shard}.devices WHERE user_id = $1 AND id = $2".formatted(COLUMNS));

  /** Whoever removes the device waits for the transaction that has read it so. */
  private static final ShardSql HOLD =
      new ShardSql(
          "SELECT %s FROM {shard}.devices WHERE user_id = $1 AND id = $2 FOR KEY SHARE"
              .formatted(COLUMNS));

  private static final ShardSql PAGE =
      new ShardSql(
          """
          SELECT %s FROM {shard}.devices
          WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"""
              .formatted(COLUMNS));

  private static final ShardSql DELETE =
      new ShardSql("DELETE FROM {shard}.devices WHERE user_id = $1 AND id = $2");

  private DeviceStore() {}

  /** In a transaction, to whose end nobody else registers or removes a device of this user. */
  static Future<Void> alone(SqlConnection connection, UUID user) {
    return connection.preparedQuery(ALONE).execute(Tuple.of(user)).mapEmpty();
  }

  static Future<Long> count(SqlConnection connection, int shard, UUID user) {
    return connection
        .preparedQuery(COUNT.in(shard))
        .execute(Tuple.of(user))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** Stores a device in place of the one of this id. */
  static Future<Void> put(SqlConnection connection, int shard, Device device) {
    Device.Webhook webhook = device.webhook();
    Tuple arguments =
        Tuple.tuple()
            .addUUID(device.userId())
            .addString(device.id())
            .addString(device.name())
            .addString(device.kind().text())
            .addString(device.location())
            .addArrayOfString(device.capabilities().toArray(String[]::new))
            .addString(webhook == null ? null : webhook.url())
            .addString(webhook == null ? null : webhook.secret())
            .addOffsetDateTime(webhook == null ? null : utc(webhook.secretAt()))
            .addOffsetDateTime(utc(device.createdAt()))
            .addOffsetDateTime(utc(device.updatedAt()));
    return connection.preparedQuery(PUT.in(shard)).execute(arguments).mapEmpty();
  }

  /** A user's device, or null. */
  static Future<@Nullable Device> find(SqlConnection connection, int shard, UUID user, String id) {
    return one(connection, FIND.in(shard), user, id);
  }

  /** Likewise in a transaction, to whose end it stays. */
  static Future<@Nullable Device> hold(SqlConnection connection, int shard, UUID user, String id) {
    return one(connection, HOLD.in(shard), user, id);
  }

  /**
   * At most {@code limit} of a user's devices, in the order of their ids.
   *
   * @param after the id behind which they begin; empty for the first ones
   */
  static Future<List<Device>> page(
      SqlConnection connection, int shard, UUID user, String after, int limit) {
    return connection
        .preparedQuery(PAGE.in(shard))
        .execute(Tuple.of(user, after, limit))
        .map(rows -> rows.stream().map(DeviceStore::device).toList());
  }

  /** Whether there was one. */
  static Future<Boolean> delete(SqlConnection connection, int shard, UUID user, String id) {
    return connection
        .preparedQuery(DELETE.in(shard))
        .execute(Tuple.of(user, id))
        .map(rows -> rows.rowCount() > 0);
  }

  private static Future<@Nullable Device> one(
      SqlConnection connection, String sql, UUID user, String id) {
    Future<RowSet<Row>> found = connection.preparedQuery(sql).execute(Tuple.of(user, id));
    return found.map(rows -> rows.size() == 0 ? null : device(rows.iterator().next()));
  }

  private static Device device(Row row) {
    String url = row.getString("webhook");
    return new Device(
        row.getUUID("user_id"),
        row.getString("id"),
        row.getString("name"),
        DeviceKind.of(row.getString("kind")),
        row.getString("location"),
        List.of(row.getArrayOfStrings("capabilities")),
        url == null
            ? null
            : new Device.Webhook(
                url,
                row.getString("webhook_secret"),
                row.getOffsetDateTime("secret_at").toInstant()),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant());
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
