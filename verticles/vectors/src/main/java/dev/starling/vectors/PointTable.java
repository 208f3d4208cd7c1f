package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements on the points of each shard. Thread-safe. */
final class PointTable {
  /*
   * Why a reader who remembers a number misses nothing: a writer gets its numbers from the row of
   * vector_changes, and has it locked until it has committed. So the next number is given to nobody
   * before, and whoever sees a row sees all that have lower numbers. A row that is changed gets a new
   * number, which is higher than what any reader has read.
   */

  /** Gives what was written; points of a collection that is deleted are left out. */
  private static final ShardSql WRITE =
      new ShardSql(
          """
          WITH turn AS (
            UPDATE {shard}.vector_changes SET last = last + $1::bigint
            RETURNING last - $1::bigint AS base
          ), written AS (
            INSERT INTO {shard}.vectors AS held
              (collection, id, change, metric, vector, attributes, changed_at)
            SELECT given.collection, given.id, turn.base + given.n, given.metric, given.vector,
              given.attributes, now()
            FROM turn CROSS JOIN
              unnest($2::uuid[], $3::text[], $4::smallint[], $5::bytea[], $6::text[])
                WITH ORDINALITY AS given (collection, id, metric, vector, attributes, n)
            WHERE NOT EXISTS (
                SELECT FROM {shard}.vectors AS gone
                WHERE gone.collection = given.collection AND gone.id = '')
              AND (given.vector IS NOT NULL OR EXISTS (
                SELECT FROM {shard}.vectors AS old
                WHERE old.collection = given.collection AND old.id = given.id
                  AND old.vector IS NOT NULL))
            ON CONFLICT (collection, id) DO UPDATE
            SET change = excluded.change, metric = excluded.metric, vector = excluded.vector,
              attributes = excluded.attributes, changed_at = excluded.changed_at
            RETURNING held.change
          )
          SELECT turn.base, written.change FROM turn LEFT JOIN written ON true""");

  /** Rows behind a change, and how far the shard is; of one moment. */
  private static final ShardSql CHANGES =
      new ShardSql(
          """
          SELECT shard.last, shard.forgotten, point.collection, point.id, point.change,
            point.metric, point.vector, point.attributes
          FROM {shard}.vector_changes AS shard LEFT JOIN LATERAL (
            SELECT * FROM {shard}.vectors WHERE change > $1 ORDER BY change LIMIT $2
          ) AS point ON true
          ORDER BY point.change""");

  private static final ShardSql LAST =
      new ShardSql("SELECT '{shard}' AS shard, last FROM {shard}.vector_changes");

  private static final ShardSql FIND =
      new ShardSql(
          """
          SELECT metric, vector, attributes FROM {shard}.vectors
          WHERE collection = $1 AND id = $2 AND vector IS NOT NULL""");

  /** Marks the end of a collection, also anew: whoever follows the shard hears of it again. */
  private static final ShardSql END =
      new ShardSql(
          """
          WITH turn AS (
            UPDATE {shard}.vector_changes SET last = last + 1 RETURNING last
          )
          INSERT INTO {shard}.vectors (collection, id, change, metric, attributes)
          SELECT $1::uuid, '', last, 0, '' FROM turn
          ON CONFLICT (collection, id) DO UPDATE
          SET change = excluded.change, changed_at = now()""");

  private static final ShardSql PURGE =
      new ShardSql(
          """
          DELETE FROM {shard}.vectors WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM {shard}.vectors WHERE collection = $1 AND id <> '' LIMIT $2))""");

  /** Takes the lock of writers first, like they do. */
  private static final ShardSql FORGET =
      new ShardSql(
          """
          WITH old AS MATERIALIZED (
            SELECT collection, id, change FROM {shard}.vectors
            WHERE vector IS NULL AND changed_at < now() - $1 * interval '1 second'
            LIMIT $2
          ), turn AS (
            UPDATE {shard}.vector_changes
            SET forgotten = greatest(forgotten, (SELECT max(change) FROM old))
            WHERE EXISTS (SELECT FROM old) RETURNING last
          )
          DELETE FROM {shard}.vectors AS point USING old, turn
          WHERE point.collection = old.collection AND point.id = old.id
            AND point.change = old.change""");

  private static final Metric[] METRICS = Metric.values();

  private final Shards shards;
  private final Map<List<Integer>, String> lasts = new ConcurrentHashMap<>();

  PointTable(Shards shards) {
    this.shards = shards;
  }

  /**
   * What became of a write.
   *
   * @param base the shard's last change before it; its own follow, one for each row that was given
   * @param done indexes of the rows that were written
   */
  record Written(long base, Set<Integer> done) {}

  /**
   * Rows in the order of their changes.
   *
   * @param upTo the change of the last of them; {@code last} when there are no more behind it
   * @param last of the shard
   * @param forgotten up to here rows of deleted points may be missing
   */
  record Page(List<PointChange> rows, long upTo, long last, long forgotten, boolean more) {}

  /** Writes rows, each id at most once, in one transaction. */
  Future<Written> write(int shard, List<PointChange> rows, Duration limit) {
    Tuple arguments =
        Tuple.of(rows.size())
            .addArrayOfUUID(rows.stream().map(PointChange::collection).toArray(UUID[]::new))
            .addArrayOfString(rows.stream().map(PointChange::id).toArray(String[]::new))
            .addArrayOfShort(
                rows.stream().map(row -> (short) row.metric().ordinal()).toArray(Short[]::new))
            .addArrayOfBuffer(rows.stream().map(row -> bytes(row.vector())).toArray(Buffer[]::new))
            .addArrayOfString(rows.stream().map(PointChange::attributes).toArray(String[]::new));
    return shards.write(
        shard,
        limit,
        connection ->
            connection.preparedQuery(WRITE.in(shard)).execute(arguments).map(PointTable::written));
  }

  private static Written written(RowSet<Row> rows) {
    long base = 0;
    Set<Integer> done = new java.util.HashSet<>();
    for (Row row : rows) {
      base = row.getLong("base");
      Long change = row.getLong("change");
      if (change != null) {
        done.add((int) (change - base) - 1);
      }
    }
    return new Written(base, done);
  }

  /** The rows behind a change. */
  Future<Page> changes(int shard, long after, int limit, Duration patience) {
    return shards.read(
        shard,
        patience,
        connection ->
            connection
                .preparedQuery(CHANGES.in(shard))
                .execute(Tuple.of(after, limit))
                .map(rows -> page(rows, limit)));
  }

  private static Page page(RowSet<Row> rows, int limit) {
    List<PointChange> changes = new ArrayList<>(rows.size());
    long last = 0;
    long forgotten = 0;
    long upTo = 0;
    for (Row row : rows) {
      last = row.getLong("last");
      forgotten = row.getLong("forgotten");
      Long change = row.getLong("change");
      if (change != null) {
        upTo = change;
        changes.add(
            new PointChange(
                row.getUUID("collection"),
                row.getString("id"),
                METRICS[row.getShort("metric")],
                floats(row.getBuffer("vector")),
                row.getString("attributes")));
      }
    }
    boolean more = changes.size() == limit;
    return new Page(changes, more ? upTo : last, last, forgotten, more);
  }

  /** The last change of each of these shards, which are in one database. */
  Future<Map<Integer, Long>> lasts(Postgres database, List<Integer> held, Duration patience) {
    String sql =
        lasts.computeIfAbsent(
            held,
            numbers -> numbers.stream().map(LAST::in).collect(Collectors.joining("\nUNION ALL\n")));
    return database
        .read(patience, connection -> connection.preparedQuery(sql).execute())
        .map(
            rows -> {
              Map<Integer, Long> found = new HashMap<>();
              for (Row row : rows) {
                String schema = row.getString("shard");
                found.put(
                    Integer.parseInt(schema.substring(schema.length() - 2)), row.getLong("last"));
              }
              return found;
            });
  }

  Future<Optional<PointChange>> find(UUID collection, String id, Duration limit) {
    int shard = PointShards.of(collection, id);
    return shards.read(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(FIND.in(shard))
                .execute(Tuple.of(collection, id))
                .map(
                    rows -> {
                      for (Row row : rows) {
                        return Optional.of(
                            new PointChange(
                                collection,
                                id,
                                METRICS[row.getShort("metric")],
                                floats(row.getBuffer("vector")),
                                row.getString("attributes")));
                      }
                      return Optional.empty();
                    }));
  }

  /** Says in a shard that a collection is deleted: what begins later writes nothing of it. */
  Future<Void> end(int shard, UUID collection, Duration limit) {
    return shards.write(
        shard,
        limit,
        connection -> run(connection, END.in(shard), Tuple.of(collection)).<Void>mapEmpty());
  }

  /** Removes rows of a collection whose end was said; gives how many. */
  Future<Integer> purge(int shard, UUID collection, int most, Duration limit) {
    return shards.write(
        shard, limit, connection -> run(connection, PURGE.in(shard), Tuple.of(collection, most)));
  }

  /** Removes rows of points that were deleted before; gives how many. */
  Future<Integer> forget(int shard, Duration age, int most, Duration limit) {
    return shards.write(
        shard,
        limit,
        connection -> run(connection, FORGET.in(shard), Tuple.of((double) age.toSeconds(), most)));
  }

  private static Future<Integer> run(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments).map(RowSet::rowCount);
  }

  private static @Nullable Buffer bytes(float @Nullable [] vector) {
    return vector == null ? null : Buffer.buffer(Floats.toBytes(vector));
  }

  private static float @Nullable [] floats(@Nullable Buffer bytes) {
    return bytes == null ? null : Floats.ofBytes(bytes.getBytes());
  }
}
