package dev.starling.users;

import static dev.starling.users.UserStore.run;

import dev.starling.postgres.Postgres;
import dev.starling.users.Changes.Position;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The SQL on {@code users.changes} of one database, in which the triggers of all its shards write.
 *
 * <p>Thread-safe.
 */
final class ChangeTable {
  private static final String SINCE =
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

  private static final String SWEEP =
      """
      DELETE FROM users.changes WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM users.changes WHERE xid < $1::text::xid8
        ORDER BY xid LIMIT $2 FOR UPDATE SKIP LOCKED))""";

  private final Postgres database;

  ChangeTable(Postgres database) {
    this.database = database;
  }

  /** A connection for one who uses it for long and closes it. */
  Future<SqlConnection> connect() {
    return database.connect();
  }

  /**
   * Looks at the changes.
   *
   * @param since null for the first look, which finds none
   * @param limit when the answer has more changes than this there may be even more
   */
  static Future<Changes> since(SqlConnection connection, @Nullable Position since, int limit) {
    Tuple arguments = Tuple.of(since == null ? null : since.snapshot(), limit + 1);
    return run(connection, SINCE, arguments).map(ChangeTable::changes);
  }

  /** Removes the changes of transactions below {@code horizon} and gives how many. */
  static Future<Integer> sweep(SqlConnection connection, String horizon, int limit) {
    return run(connection, SWEEP, Tuple.of(horizon, limit)).map(RowSet::rowCount);
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
}
