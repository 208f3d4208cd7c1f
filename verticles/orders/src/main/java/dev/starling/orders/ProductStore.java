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
          "SELECT sku, name, price, currency, initial_stock FROM {shard}.products WHERE sku = $1");

  private static final ShardSql PAGE =
      new ShardSql(
          """
          SELECT sku, name, price, currency, initial_stock FROM {shard}.products
          WHERE sku > $1 ORDER BY sku LIMIT $2""");

  /**
   * What became of it.
   *
   * @param same whether each of the shards has this very product now
   * @param isNew whether the first of them had none under this SKU
   */
  record Made(boolean same, boolean isNew) {}

  /**
   * Inside a transaction: makes a product in shards that do not have it.
   *
   * @param shares the stock of each of the shards
   */
  Future<Made> create(
      SqlConnection connection, List<Integer> shards, NewProduct product, long[] shares) {
    List<Future<RowSet<Row>>> made = new ArrayList<>();
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
        .map(
            all ->
                new Made(
                    found.stream().allMatch(one -> product.equals(one.result())),
                    made.get(0).result().rowCount() > 0));
  }

  /** At most {@code limit} products behind this SKU, in the order of SKUs. */
  Future<List<NewProduct>> page(SqlConnection connection, int shard, String after, int limit) {
    return connection
        .preparedQuery(PAGE.in(shard))
        .execute(Tuple.of(after, limit))
        .map(rows -> rows.stream().map(ProductStore::product).toList());
  }

  /** As it was made, or null. */
  Future<@Nullable NewProduct> bySku(SqlConnection connection, int shard, String sku) {
    return connection
        .preparedQuery(BY_SKU.in(shard))
        .execute(Tuple.of(sku))
        .map(ProductStore::first);
  }

  private static @Nullable NewProduct first(RowSet<Row> rows) {
    return rows.size() == 0 ? null : product(rows.iterator().next());
  }

  private static NewProduct product(Row row) {
    return new NewProduct(
        row.getString(0),
        row.getString(1),
        new Money(row.getLong(2), row.getString(3)),
        row.getLong(4));
  }
}
