package dev.starling.users;

import dev.starling.bus.CallContext;
import dev.starling.postgres.Postgres;
import dev.starling.users.Changes.Position;
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
 * The SQL of the users service; every statement is prepared once a connection.
 *
 * <p>Thread-safe; futures complete on the caller's context, before the call's deadline. They fail
 * with a {@link dev.starling.postgres.SqlException}. The time of day always comes from the caller.
 */
final class UserStore {
  private static final String COLUMNS = "id, email, name, created_at, version";

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM users.users WHERE id = $1";

  private static final String BY_EMAIL =
      "SELECT " + COLUMNS + " FROM users.users WHERE email_key = $1";

  private static final String PAGE =
      "SELECT "
          + COLUMNS
          + " FROM users.users WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3";

  private static final String UPDATE =
      """
      UPDATE users.users
      SET name = coalesce($2, name), email = coalesce($3, email), email_key = coalesce($4, email_key)
      WHERE id = $1 AND ($5::bigint[] IS NULL OR version = ANY ($5))
      RETURNING\s"""
          + COLUMNS;

  private static final String DELETE =
      """
      DELETE FROM users.users WHERE id = $1 AND ($2::bigint[] IS NULL OR version = ANY ($2))
      RETURNING version""";

  private static final String RESERVE =
      """
      WITH confirmed AS (
        SELECT id, email_key FROM users.users WHERE id = $1 OR email_key = $3
      ), attempt AS (
        SELECT email_key FROM users.reservations WHERE user_id = $1 AND expires_at > $5
      ), added AS (
        INSERT INTO users.reservations AS old (user_id, email, email_key, name, expires_at)
        SELECT $1, $2, $3, $4, $6 WHERE NOT EXISTS (SELECT FROM confirmed)
        ON CONFLICT (user_id) DO UPDATE
        SET email = excluded.email, email_key = excluded.email_key, name = excluded.name,
            seq = DEFAULT, expires_at = excluded.expires_at
        WHERE old.expires_at <= $5
      )
      SELECT
        EXISTS (SELECT FROM confirmed WHERE id <> $1 AND email_key = $3) AS taken,
        coalesce((SELECT email_key FROM confirmed WHERE id = $1), (SELECT email_key FROM attempt))
          AS own_key""";

  private static final String CONFIRM =
      """
      WITH attempt AS (
        DELETE FROM users.reservations AS mine
        WHERE mine.user_id = $1 AND mine.expires_at > $2 AND NOT EXISTS (
          SELECT FROM users.reservations AS newer
          WHERE newer.email_key = mine.email_key AND newer.seq > mine.seq AND newer.expires_at > $2)
        RETURNING user_id, email, email_key, name
      )
      INSERT INTO users.users (id, email, email_key, name, created_at)
      SELECT user_id, email, email_key, name, $2 FROM attempt
      ON CONFLICT DO NOTHING
      RETURNING\s"""
          + COLUMNS;

  private static final String CHANGES_SINCE =
      """
      SELECT look.snapshot::text AS snapshot, pg_snapshot_xmin(look.snapshot)::text AS horizon,
        pg_postmaster_start_time() AS server, clock_timestamp() AS taken_at,
        change.user_id, change.version, change.deleted
      FROM (SELECT pg_current_snapshot() AS snapshot) AS look
      LEFT JOIN LATERAL (
        SELECT user_id, version, deleted FROM users.changes
        WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)
          AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
        LIMIT $2
      ) AS change ON true""";

  private static final String SWEEP_RESERVATIONS =
      """
      DELETE FROM users.reservations WHERE user_id = ANY (ARRAY(
        SELECT user_id FROM users.reservations WHERE expires_at <= $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))""";

  private static final String SWEEP_CHANGES =
      """
      DELETE FROM users.changes WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM users.changes WHERE xid < $1::text::xid8
        ORDER BY xid LIMIT $2 FOR UPDATE SKIP LOCKED))""";

  private final Postgres postgres;

  UserStore(Postgres postgres) {
    this.postgres = postgres;
  }

  /** How an attempt to hold an address ended. */
  enum Reserving {
    HELD,
    /** A confirmed user has the address. */
    TAKEN,
    /** The id belongs to an attempt for another address. */
    ID_IN_USE
  }

  /**
   * @param user who has the id now, or null when the hold has expired or passed on
   * @param isNew true when this very call confirmed
   */
  record Confirming(@Nullable User user, boolean isNew) {}

  Future<@Nullable User> byId(UUID id, CallContext call) {
    return postgres.read(
        remaining(call), connection -> run(connection, BY_ID, Tuple.of(id)).map(UserStore::first));
  }

  Future<@Nullable User> byEmail(EmailAddress email, CallContext call) {
    return postgres.read(
        remaining(call),
        connection -> run(connection, BY_EMAIL, Tuple.of(email.key())).map(UserStore::first));
  }

  /** At most {@code limit} users behind the cursor. */
  Future<List<User>> page(PageCursor after, int limit, CallContext call) {
    Tuple arguments = Tuple.of(atUtc(after.createdAt()), after.id(), limit);
    return postgres.read(
        remaining(call), connection -> run(connection, PAGE, arguments).map(UserStore::all));
  }

  /**
   * Changes what is not null, if the stored version is one of {@code versions}.
   *
   * @param versions null for any
   * @return the user as changed, or null when there was none or of another version
   */
  Future<@Nullable User> update(
      UUID id,
      @Nullable String name,
      @Nullable EmailAddress email,
      long @Nullable [] versions,
      CallContext call) {
    Tuple arguments =
        Tuple.of(
                id,
                name,
                email == null ? null : email.written(),
                email == null ? null : email.key())
            .addArrayOfLong(boxed(versions));
    return postgres.write(
        remaining(call), connection -> run(connection, UPDATE, arguments).map(UserStore::first));
  }

  /** Gives the version that was deleted, or null when there was none or of another version. */
  Future<@Nullable Long> delete(UUID id, long @Nullable [] versions, CallContext call) {
    Tuple arguments = Tuple.of(id).addArrayOfLong(boxed(versions));
    return postgres.write(
        remaining(call),
        connection ->
            run(connection, DELETE, arguments)
                .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getLong(0)));
  }

  /** Holds an address until {@code expiresAt}; repeating it changes nothing. */
  Future<Reserving> reserve(
      UUID id, EmailAddress email, String name, Instant now, Instant expiresAt, CallContext call) {
    Tuple arguments =
        Tuple.of(id, email.written(), email.key(), name, atUtc(now), atUtc(expiresAt));
    return postgres.write(
        remaining(call),
        connection ->
            run(connection, RESERVE, arguments)
                .map(rows -> reserving(rows.iterator().next(), email)));
  }

  /** Turns a hold into a user; repeating it changes nothing. */
  Future<Confirming> confirm(UUID id, Instant now, CallContext call) {
    return postgres.transact(
        remaining(call),
        connection ->
            run(connection, CONFIRM, Tuple.of(id, atUtc(now)))
                .map(UserStore::first)
                .compose(
                    made ->
                        made != null
                            ? Future.succeededFuture(new Confirming(made, true))
                            // A new statement, so that it sees who confirmed while this one waited.
                            : run(connection, BY_ID, Tuple.of(id))
                                .map(rows -> new Confirming(first(rows), false))));
  }

  /**
   * Looks at the change feed.
   *
   * @param since null for the first look, which finds no changes
   * @param limit when the answer has more changes than this there may be even more
   */
  Future<Changes> changesSince(SqlConnection connection, @Nullable Position since, int limit) {
    Tuple arguments = Tuple.of(since == null ? null : since.snapshot(), limit + 1);
    return run(connection, CHANGES_SINCE, arguments).map(UserStore::changes);
  }

  /** A connection for one who uses it for long and closes it. */
  Future<SqlConnection> connect() {
    return postgres.connect();
  }

  /** Removes reservations that have expired and gives how many; part of a transaction. */
  static Future<Integer> sweepReservations(SqlConnection connection, Instant now, int limit) {
    return run(connection, SWEEP_RESERVATIONS, Tuple.of(atUtc(now), limit)).map(RowSet::rowCount);
  }

  /** Removes the changes of transactions below {@code horizon} and gives how many; likewise. */
  static Future<Integer> sweepChanges(SqlConnection connection, String horizon, int limit) {
    return run(connection, SWEEP_CHANGES, Tuple.of(horizon, limit)).map(RowSet::rowCount);
  }

  private static Future<RowSet<Row>> run(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments);
  }

  private static Reserving reserving(Row row, EmailAddress email) {
    String ownKey = row.getString("own_key");
    if (ownKey != null && !ownKey.equals(email.key())) {
      return Reserving.ID_IN_USE;
    }
    return row.getBoolean("taken") ? Reserving.TAKEN : Reserving.HELD;
  }

  private static @Nullable User first(RowSet<Row> rows) {
    return rows.size() == 0 ? null : user(rows.iterator().next());
  }

  private static List<User> all(RowSet<Row> rows) {
    List<User> users = new ArrayList<>(rows.size());
    rows.forEach(row -> users.add(user(row)));
    return users;
  }

  private static User user(Row row) {
    return new User(
        row.getUUID(0),
        row.getString(1),
        row.getString(2),
        row.getOffsetDateTime(3).toInstant(),
        row.getLong(4));
  }

  private static Changes changes(RowSet<Row> rows) {
    List<Change> changes = new ArrayList<>(rows.size());
    Row last = null;
    for (Row row : rows) {
      last = row;
      UUID userId = row.getUUID("user_id");
      if (userId != null) {
        changes.add(new Change(userId, row.getLong("version"), row.getBoolean("deleted")));
      }
    }
    if (last == null) {
      throw new IllegalStateException("the change feed gave no row (expected: at least its look)");
    }
    Position position =
        new Position(
            last.getString("snapshot"),
            last.getString("horizon"),
            last.getOffsetDateTime("server").toInstant(),
            last.getOffsetDateTime("taken_at").toInstant());
    return new Changes(position, changes);
  }

  private static Long @Nullable [] boxed(long @Nullable [] versions) {
    return versions == null ? null : Arrays.stream(versions).boxed().toArray(Long[]::new);
  }

  private static OffsetDateTime atUtc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Duration remaining(CallContext call) {
    return call.remaining(System.nanoTime());
  }
}
