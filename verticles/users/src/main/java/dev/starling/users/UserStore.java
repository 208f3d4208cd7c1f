package dev.starling.users;

import dev.starling.bus.CallContext;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The SQL on users, who are in the shards of their ids; every statement is prepared once a
 * connection and shard.
 *
 * <p>Thread-safe; futures complete on the caller's context, before the call's deadline. They fail
 * with a {@link dev.starling.postgres.SqlException}.
 */
final class UserStore {
  static final String COLUMNS = "id, email, name, created_at, version";

  /**
   * How long after a {@link Look} an address may be given to the user, by the clock of the shard's
   * server. Longer than deadlines, and half of {@link EmailTable#SETTLED_SECONDS}, so that clocks
   * need not agree.
   */
  private static final int WRITABLE_SECONDS = 30;

  private static final ShardSql BY_ID =
      new ShardSql("SELECT " + COLUMNS + " FROM {shard}.users WHERE id = $1");

  private static final ShardSql WITH_EMAIL =
      new ShardSql("SELECT " + COLUMNS + " FROM {shard}.users WHERE id = $1 AND email_key = $2");

  private static final ShardSql LOOK =
      new ShardSql(
          """
          SELECT id, email, name, created_at, version, email_key,
            clock_timestamp() + %d * interval '1 second'
          FROM (SELECT) AS now LEFT JOIN {shard}.users ON id = $1"""
              .formatted(WRITABLE_SECONDS));

  private static final ShardSql RENAME =
      new ShardSql(
          """
          UPDATE {shard}.users SET name = $2
          WHERE id = $1 AND ($3::bigint[] IS NULL OR version = ANY ($3))
          RETURNING\s"""
              + COLUMNS);

  private static final ShardSql REPLACE =
      new ShardSql(
          """
          UPDATE {shard}.users SET name = coalesce($2, name), email = $3, email_key = $4
          WHERE id = $1 AND version = $5 AND clock_timestamp() < $6
          RETURNING\s"""
              + COLUMNS);

  private static final ShardSql INSERT =
      new ShardSql(
          """
          INSERT INTO {shard}.users (id, email, email_key, name, created_at)
          SELECT $1, $2, $3, $4, $5::timestamptz WHERE clock_timestamp() < $6
          ON CONFLICT (id) DO NOTHING
          RETURNING\s"""
              + COLUMNS);

  private static final ShardSql DELETE =
      new ShardSql(
          """
          DELETE FROM {shard}.users
          WHERE id = $1 AND ($2::bigint[] IS NULL OR version = ANY ($2))
          RETURNING version""");

  private final Shards shards;

  UserStore(Shards shards) {
    this.shards = shards;
  }

  /**
   * What a shard says about an id before its address changes.
   *
   * @param user null when there is none
   * @param emailKey of the user; empty when there is none
   * @param writableUntil by the clock of the shard's server: what is written on the ground of this
   *     look after that has no effect
   */
  record Look(@Nullable User user, String emailKey, OffsetDateTime writableUntil) {}

  Future<@Nullable User> byId(UUID id, CallContext call) {
    int shard = Shards.of(id);
    return read(shard, BY_ID, Tuple.of(id), call).map(UserStore::first);
  }

  /** The user with this id if the address is that user's. */
  Future<@Nullable User> withEmail(UUID id, String emailKey, CallContext call) {
    return read(Shards.of(id), WITH_EMAIL, Tuple.of(id, emailKey), call).map(UserStore::first);
  }

  Future<Look> look(UUID id, CallContext call) {
    return read(Shards.of(id), LOOK, Tuple.of(id), call)
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return row.getUUID(0) == null
                  ? new Look(null, "", row.getOffsetDateTime(6))
                  : new Look(user(row), row.getString(5), row.getOffsetDateTime(6));
            });
  }

  /**
   * Changes the name, if the stored version is one of {@code versions}.
   *
   * @param versions null for any
   * @return the user as changed, or null when there was none or of another version
   */
  Future<@Nullable User> rename(
      UUID id, String name, long @Nullable [] versions, CallContext call) {
    Tuple arguments = Tuple.of(id, name).addArrayOfLong(boxed(versions));
    return write(Shards.of(id), RENAME, arguments, call).map(UserStore::first);
  }

  /**
   * Changes the address, and the name unless it is null, if the user is still as {@code seen}.
   *
   * @return the user as changed, or null when there is another version or it is too late
   */
  Future<@Nullable User> replace(
      User seen,
      OffsetDateTime writableUntil,
      @Nullable String name,
      EmailAddress email,
      CallContext call) {
    Tuple arguments =
        Tuple.of(seen.id(), name, email.written(), email.key(), seen.version(), writableUntil);
    return write(Shards.of(seen.id()), REPLACE, arguments, call).map(UserStore::first);
  }

  /** The new user, or null when the id has one or it is too late. */
  Future<@Nullable User> insert(
      UUID id,
      EmailAddress email,
      String name,
      Instant createdAt,
      OffsetDateTime writableUntil,
      CallContext call) {
    Tuple arguments =
        Tuple.of(id, email.written(), email.key(), name, atUtc(createdAt), writableUntil);
    return write(Shards.of(id), INSERT, arguments, call).map(UserStore::first);
  }

  /** Gives the version that was deleted, or null when there was none or of another version. */
  Future<@Nullable Long> delete(UUID id, long @Nullable [] versions, CallContext call) {
    return write(Shards.of(id), DELETE, Tuple.of(id).addArrayOfLong(boxed(versions)), call)
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getLong(0));
  }

  static List<User> all(RowSet<Row> rows) {
    List<User> users = new ArrayList<>(rows.size());
    rows.forEach(row -> users.add(user(row)));
    return users;
  }

  static OffsetDateTime atUtc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  static Duration remaining(CallContext call) {
    return call.remaining(System.nanoTime());
  }

  static Future<RowSet<Row>> run(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments);
  }

  private Future<RowSet<Row>> read(int shard, ShardSql sql, Tuple arguments, CallContext call) {
    return shards.read(shard, remaining(call), c -> run(c, sql.in(shard), arguments));
  }

  private Future<RowSet<Row>> write(int shard, ShardSql sql, Tuple arguments, CallContext call) {
    return shards.write(shard, remaining(call), c -> run(c, sql.in(shard), arguments));
  }

  private static @Nullable User first(RowSet<Row> rows) {
    return rows.size() == 0 ? null : user(rows.iterator().next());
  }

  private static User user(Row row) {
    return new User(
        row.getUUID(0),
        row.getString(1),
        row.getString(2),
        row.getOffsetDateTime(3).toInstant(),
        row.getLong(4));
  }

  private static Long @Nullable [] boxed(long @Nullable [] versions) {
    return versions == null ? null : Arrays.stream(versions).boxed().toArray(Long[]::new);
  }
}
