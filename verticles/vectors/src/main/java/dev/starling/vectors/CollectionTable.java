package dev.starling.vectors;

import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The statements on the collections of each shard's users. Thread-safe, without state. */
final class CollectionTable {
  private static final String COLUMNS = "id, owner, name, dimension, metric";

  /** Two requests of one user wait for each other, or both might be the last that has room. */
  private static final String LOCK =
      "SELECT pg_advisory_xact_lock(1986356083, hashtext($1::uuid::text))";

  private static final ShardSql MAKE =
      new ShardSql(
          """
          INSERT INTO {shard}.vector_collections (%1$s)
          SELECT $1::uuid, $2::uuid, $3::text, $4::integer, $5::smallint
          WHERE (SELECT count(*) FROM {shard}.vector_collections
            WHERE owner = $2 AND deleted_at IS NULL) < $6
          ON CONFLICT (owner, name) WHERE deleted_at IS NULL DO NOTHING"""
              .formatted(COLUMNS));

  private static final ShardSql FIND =
      new ShardSql(
          "SELECT %s FROM {shard}.vector_collections WHERE owner = $1 AND name = $2 AND deleted_at IS NULL"
              .formatted(COLUMNS));

  private static final ShardSql LIST =
      new ShardSql(
          "SELECT %s FROM {shard}.vector_collections WHERE owner = $1 AND deleted_at IS NULL ORDER BY name"
              .formatted(COLUMNS));

  private static final ShardSql DELETE =
      new ShardSql(
          """
          UPDATE {shard}.vector_collections SET deleted_at = now()
          WHERE owner = $1 AND name = $2 AND deleted_at IS NULL RETURNING %s"""
              .formatted(COLUMNS));

  private static final ShardSql DELETED =
      new ShardSql(
          """
          SELECT %s, deleted_at < now() - $1 * interval '1 second' AS settled
          FROM {shard}.vector_collections
          WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT $2"""
              .formatted(COLUMNS));

  private static final ShardSql FORGET =
      new ShardSql(
          "DELETE FROM {shard}.vector_collections WHERE id = $1 AND deleted_at IS NOT NULL");

  private static final Metric[] METRICS = Metric.values();

  private final Shards shards;

  CollectionTable(Shards shards) {
    this.shards = shards;
  }

  /**
   * A collection that was deleted.
   *
   * @param settled so long ago that nobody writes to it any more who had not heard
   */
  record Deleted(Collection collection, boolean settled) {}

  /**
   * What a request to make one has come to.
   *
   * @param found the one of this name now; empty when there was no room for it
   * @param made whether it is new
   */
  record Made(Optional<Collection> found, boolean made) {}

  /** Makes a collection unless there is one of this name. */
  Future<Made> make(Collection wanted, int most, Duration limit) {
    int shard = Shards.of(wanted.owner());
    Tuple row =
        Tuple.of(
            wanted.id(),
            wanted.owner(),
            wanted.name(),
            wanted.dimension(),
            (short) wanted.metric().ordinal(),
            most);
    return shards.transact(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(wanted.owner()))
                .compose(locked -> connection.preparedQuery(MAKE.in(shard)).execute(row))
                .compose(
                    made ->
                        made.rowCount() == 1
                            ? Future.succeededFuture(new Made(Optional.of(wanted), true))
                            : find(connection, shard, wanted.owner(), wanted.name())
                                .map(found -> new Made(found, false))));
  }

  Future<Optional<Collection>> find(UUID owner, String name, Duration limit) {
    int shard = Shards.of(owner);
    return shards.read(shard, limit, connection -> find(connection, shard, owner, name));
  }

  private static Future<Optional<Collection>> find(
      SqlConnection connection, int shard, UUID owner, String name) {
    return connection
        .preparedQuery(FIND.in(shard))
        .execute(Tuple.of(owner, name))
        .map(rows -> collections(rows).stream().findFirst());
  }

  /** All of a user, by name. */
  Future<List<Collection>> list(UUID owner, Duration limit) {
    int shard = Shards.of(owner);
    return shards.read(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(LIST.in(shard))
                .execute(Tuple.of(owner))
                .map(CollectionTable::collections));
  }

  /** Frees the name; gives the collection, whose points are still there. */
  Future<Optional<Collection>> delete(UUID owner, String name, Duration limit) {
    int shard = Shards.of(owner);
    return shards.write(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(DELETE.in(shard))
                .execute(Tuple.of(owner, name))
                .map(rows -> collections(rows).stream().findFirst()));
  }

  /** Those of a shard whose points may still be there. */
  Future<List<Deleted>> deleted(int shard, Duration settling, int most, Duration limit) {
    return shards.read(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(DELETED.in(shard))
                .execute(Tuple.of((double) settling.toSeconds(), most))
                .map(
                    rows -> {
                      List<Deleted> deleted = new ArrayList<>();
                      rows.forEach(
                          row ->
                              deleted.add(new Deleted(collection(row), row.getBoolean("settled"))));
                      return deleted;
                    }));
  }

  /** No shard has points of it any more. */
  Future<Void> forget(int shard, UUID collection, Duration limit) {
    return shards.write(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(FORGET.in(shard))
                .execute(Tuple.of(collection))
                .<Void>mapEmpty());
  }

  private static List<Collection> collections(RowSet<Row> rows) {
    List<Collection> found = new ArrayList<>();
    rows.forEach(row -> found.add(collection(row)));
    return found;
  }

  private static Collection collection(Row row) {
    return new Collection(
        row.getUUID("id"),
        row.getUUID("owner"),
        row.getString("name"),
        row.getInteger("dimension"),
        METRICS[row.getShort("metric")]);
  }
}
