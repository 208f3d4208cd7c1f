package dev.starling.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The statements on {@code singletons.ownership}. Thread-safe.
 *
 * <p>Who has a valid lease is found without a lock. A new epoch changes a key of the row, which
 * waits for {@link #fence}; a renewal does not.
 */
final class OwnershipTable {
  static final String SCHEMA = "singletons";

  private static final String CLAIM =
      """
      INSERT INTO singletons.ownership AS held (name, owner, epoch, expires_at)
      SELECT wanted.name, $1, 1, clock_timestamp() + $3 * interval '1 millisecond'
      FROM unnest($2::text[]) AS wanted (name)
      WHERE NOT EXISTS (
        SELECT FROM singletons.ownership AS other
        WHERE other.name = wanted.name AND other.owner <> $1
          AND other.expires_at > clock_timestamp())
      ORDER BY wanted.name
      ON CONFLICT (name) DO UPDATE
      SET owner = excluded.owner, epoch = held.epoch + 1,
          expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE held.owner = excluded.owner OR held.expires_at <= clock_timestamp()
      RETURNING name, epoch""";

  private static final String RENEW =
      """
      UPDATE singletons.ownership AS held
      SET expires_at = clock_timestamp() + $4 * interval '1 millisecond'
      FROM unnest($2::text[], $3::bigint[]) AS mine (name, epoch)
      WHERE held.name = mine.name AND held.epoch = mine.epoch AND held.owner = $1
        AND held.expires_at > clock_timestamp()
      RETURNING held.name, held.epoch""";

  private static final String RELEASE =
      """
      UPDATE singletons.ownership SET expires_at = clock_timestamp()
      WHERE name = $1 AND owner = $2 AND epoch = $3 AND expires_at > clock_timestamp()""";

  private static final String FENCE =
      """
      SELECT FROM singletons.ownership
      WHERE name = $1 AND owner = $2 AND epoch = $3 AND expires_at > clock_timestamp()
      FOR KEY SHARE""";

  private final Postgres postgres;
  private final String owner;

  /**
   * @param owner the node's id
   */
  OwnershipTable(Postgres postgres, String owner) {
    this.postgres = postgres;
    this.owner = owner;
  }

  /** Becomes the owner of those that nobody owns, each with a new epoch. */
  Future<Map<String, Long>> claim(Collection<String> names, Lease lease) {
    Tuple arguments =
        Tuple.of(owner)
            .addArrayOfString(names.toArray(String[]::new))
            .addDouble((double) lease.length().toMillis());
    return postgres.write(
        lease.limit(), connection -> run(connection, CLAIM, arguments).map(OwnershipTable::epochs));
  }

  /** Prolongs terms and gives those that still ran. */
  Future<Map<String, Long>> renew(Map<String, Long> terms, Lease lease) {
    Tuple arguments =
        Tuple.of(owner)
            .addArrayOfString(terms.keySet().toArray(String[]::new))
            .addArrayOfLong(terms.values().toArray(Long[]::new))
            .addDouble((double) lease.length().toMillis());
    return postgres.write(
        lease.limit(), connection -> run(connection, RENEW, arguments).map(OwnershipTable::epochs));
  }

  /** Ends a term now. */
  Future<Void> release(String name, long epoch, Duration limit) {
    return postgres.write(
        limit, connection -> run(connection, RELEASE, Tuple.of(name, owner, epoch)).mapEmpty());
  }

  /** Whether the term runs; if so, it does until the transaction of this connection ends. */
  Future<Boolean> fence(SqlConnection connection, String name, long epoch) {
    return run(connection, FENCE, Tuple.of(name, owner, epoch)).map(rows -> rows.size() == 1);
  }

  private static Future<RowSet<Row>> run(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments);
  }

  private static Map<String, Long> epochs(RowSet<Row> rows) {
    Map<String, Long> epochs = new HashMap<>();
    rows.forEach(row -> epochs.put(row.getString(0), row.getLong(1)));
    return epochs;
  }
}
