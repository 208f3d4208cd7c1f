package dev.starling.orders;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements on slices of the stock. Those for several shards are sent at once. Thread-safe,
 * without state.
 */
final class StockStore {
  private static final ShardSql LEVEL =
      new ShardSql("SELECT available, given - taken FROM {shard}.stock WHERE sku = $1");

  private static final ShardSql LOCK =
      new ShardSql("SELECT available FROM {shard}.stock WHERE sku = $1 FOR UPDATE");

  private static final ShardSql GIVE =
      new ShardSql(
          "UPDATE {shard}.stock SET available = available - $2, given = given + $2 WHERE sku = $1");

  private static final ShardSql TAKE =
      new ShardSql(
          "UPDATE {shard}.stock SET available = available + $2, taken = taken + $2 WHERE sku = $1");

  /**
   * What is where. Immutable.
   *
   * @param available can be sold
   * @param sent more was given to other shards than taken from them; negative when less
   */
  record Level(long available, long sent) {
    static final Level NONE = new Level(0, 0);

    Level plus(Level other) {
      return new Level(available + other.available, sent + other.sent);
    }
  }

  /** The stock of all these shards together, which are in one database. */
  Future<Level> level(SqlConnection connection, List<Integer> shards, String sku) {
    List<Future<RowSet<Row>>> each = new ArrayList<>();
    for (int shard : shards) {
      each.add(connection.preparedQuery(LEVEL.in(shard)).execute(Tuple.of(sku)));
    }
    return Future.all(each)
        .map(
            all -> {
              Level sum = Level.NONE;
              for (Future<RowSet<Row>> one : each) {
                for (Row row : one.result()) {
                  sum = sum.plus(new Level(row.getLong(0), row.getLong(1)));
                }
              }
              return sum;
            });
  }

  /**
   * Inside a transaction: locks the slices and gives what each has.
   *
   * @param shards ascending, so that nobody waits for each other; all in one database
   */
  Future<long[]> lock(SqlConnection connection, List<Integer> shards, String sku) {
    List<Future<RowSet<Row>>> each = new ArrayList<>();
    for (int shard : shards) {
      each.add(connection.preparedQuery(LOCK.in(shard)).execute(Tuple.of(sku)));
    }
    return Future.all(each)
        .map(
            all ->
                each.stream()
                    .mapToLong(
                        one ->
                            one.result().size() == 0
                                ? 0
                                : one.result().iterator().next().getLong(0))
                    .toArray());
  }

  /** Inside the same transaction: takes away what each slice gives. */
  Future<Void> give(SqlConnection connection, List<Integer> shards, String sku, long[] quantities) {
    List<Future<?>> each = new ArrayList<>();
    for (int i = 0; i < quantities.length; i++) {
      if (quantities[i] > 0) {
        each.add(
            connection.preparedQuery(GIVE.in(shards.get(i))).execute(Tuple.of(sku, quantities[i])));
      }
    }
    return Future.all(each).mapEmpty();
  }

  /**
   * Inside a transaction: adds to a slice.
   *
   * @return whether the shard knows the article
   */
  Future<Boolean> take(SqlConnection connection, int shard, String sku, long quantity) {
    return connection
        .preparedQuery(TAKE.in(shard))
        .execute(Tuple.of(sku, quantity))
        .map(rows -> rows.rowCount() == 1);
  }
}
