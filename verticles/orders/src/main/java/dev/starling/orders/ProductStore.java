package dev.starling.orders;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements on a shard's products. Thread-safe, without state. */
final class ProductStore {
  private static final ShardSql CREATE =
      new ShardSql(
          """
          WITH made AS (
            INSERT INTO {shard}.products (sku, name, price, currency, initial_stock)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING
            RETURNING sku
          )
          INSERT INTO {shard}.stock (sku, available) SELECT sku, $6 FROM made""");

  private static final ShardSql BY_SKU =
      new ShardSql(
          "SELECT name, price, currency, initial_stock FROM {shard}.products WHERE sku = $1");

  /**
   * Inside a transaction: makes a product in shards that do not have it.
   *
   * @param shares the stock of each of the shards
   * @return whether each of them has this very product now
   */
  Future<Boolean> create(
      SqlConnection connection, List<Integer> shards, NewProduct product, long[] shares) {
    List<Future<?>> made = new ArrayList<>();
    List<Future<@Nullable NewProduct>> found = new ArrayList<>();
    for (int shard : shards) {
      made.add(
          connection
              .preparedQuery(CREATE.in(shard))
              .execute(
                  Tuple.of(
                      product.sku(),
                      product.name(),
                      product.price().amount(),
                      product.price().currency(),
                      product.stock(),
                      shares[shard])));
      // A statement of its own, which also sees what another transaction made meanwhile.
      found.add(bySku(connection, shard, product.sku()));
    }
    return Future.all(made)
        .compose(all -> Future.all(found))
        .map(all -> found.stream().allMatch(one -> product.equals(one.result())));
  }

  /** As it was made, or null. */
  Future<@Nullable NewProduct> bySku(SqlConnection connection, int shard, String sku) {
    return connection
        .preparedQuery(BY_SKU.in(shard))
        .execute(Tuple.of(sku))
        .map(rows -> first(rows, sku));
  }

  private static @Nullable NewProduct first(RowSet<Row> rows, String sku) {
    if (rows.size() == 0) {
      return null;
    }
    Row row = rows.iterator().next();
    return new NewProduct(
        sku, row.getString(0), new Money(row.getLong(1), row.getString(2)), row.getLong(3));
  }
}
