package dev.starling.recommendations;

import dev.starling.bus.CallContext;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a user bought from the user's shard, then what goes with it from all databases, with
 * one bounded query for each.
 *
 * <p>Thread-safe.
 */
final class ScatterRead {
  /*
   * The most rows that one read touches: 20 purchases, 50 of the best for each, 32 shards: 32,000
   * index entries, in as many queries as there are databases. What is not among the 50 best of an
   * article in a shard does not count there.
   */
  private static final int PURCHASES = 20;
  private static final int BEST_PER_SKU = 50;

  /**
   * Those that a user has are sorted out after, and more of them are skipped than are looked at.
   */
  private static final int BEST_PER_DATABASE = 500;

  private static final Freshness FRESH_ENOUGH = Freshness.within(Duration.ofSeconds(1));
  private static final Logger log = LoggerFactory.getLogger(ScatterRead.class);

  private static final ShardSql BOUGHT =
      new ShardSql(
          """
          SELECT sku FROM {shard}.purchases WHERE user_id = $1 AND orders > 0
          ORDER BY last_at DESC, sku LIMIT %d"""
              .formatted(PURCHASES));

  private static final ShardSql BOUGHT_OF =
      new ShardSql(
          """
          SELECT sku FROM {shard}.purchases
          WHERE user_id = $1 AND sku = ANY ($2) AND orders > 0""");

  private static final ShardSql BEST_OF_SHARD =
      new ShardSql(
          """
          SELECT best.other, best.orders
          FROM unnest($1::text[]) AS bought (sku) CROSS JOIN LATERAL (
            SELECT other, orders FROM {shard}.co_purchases
            WHERE co_purchases.sku = bought.sku AND orders > 0
            ORDER BY orders DESC LIMIT %d
          ) AS best"""
              .formatted(BEST_PER_SKU));

  private final Shards shards;
  private final Duration databaseTimeout;
  private final Map<List<Integer>, String> queries = new ConcurrentHashMap<>();

  ScatterRead(Shards shards, Duration databaseTimeout) {
    this.shards = shards;
    this.databaseTimeout = databaseTimeout;
  }

  Future<Recommended> run(UUID user, CallContext call) {
    int shard = Shards.of(user);
    return shards
        .read(
            shard,
            FRESH_ENOUGH,
            call.remaining(System.nanoTime()),
            connection -> connection.preparedQuery(BOUGHT.in(shard)).execute(Tuple.of(user)))
        .map(ScatterRead::texts)
        .compose(
            bought ->
                bought.isEmpty()
                    ? Future.succeededFuture(new Recommended(List.of(), false))
                    : best(user, shard, bought, call));
  }

  private Future<Recommended> best(UUID user, int shard, List<String> bought, CallContext call) {
    Ranking ranking = new Ranking();
    Map<String, List<Integer>> byDatabase = shards.placement().byDatabase();
    Duration limit = databaseLimit(call);
    List<Future<RowSet<Row>>> asked = new ArrayList<>();
    byDatabase.forEach(
        (name, held) -> asked.add(best(shards.databases().get(name), held, bought, limit)));
    return Future.join(asked)
        .transform(
            all -> {
              boolean partial = false;
              for (Future<RowSet<Row>> one : asked) {
                if (one.succeeded()) {
                  one.result().forEach(row -> ranking.add(row.getString(0), row.getLong(1)));
                } else {
                  partial = true;
                  log.debug("A database was left out of recommendations", one.cause());
                }
              }
              return withoutOwn(user, shard, ranking, partial, call);
            });
  }

  private Future<RowSet<Row>> best(
      @Nullable ShardDatabase database, List<Integer> held, List<String> bought, Duration limit) {
    if (database == null) {
      return Future.failedFuture(new IllegalStateException("a database that is not configured"));
    }
    Tuple arguments = Tuple.tuple().addArrayOfString(bought.toArray(String[]::new));
    Postgres primary = database.primary();
    String sql = queries.computeIfAbsent(held, ScatterRead::query);
    return primary.read(limit, connection -> connection.preparedQuery(sql).execute(arguments));
  }

  /**
   * One statement for the shards of a database. A shard that is just being moved makes it fail; the
   * next one asks the new place.
   */
  private static String query(List<Integer> held) {
    return held.stream()
        .map(BEST_OF_SHARD::in)
        .collect(
            Collectors.joining(
                "\nUNION ALL\n",
                "SELECT other, sum(orders)::bigint FROM (\n",
                "\n) AS best GROUP BY other ORDER BY 2 DESC, 1 LIMIT " + BEST_PER_DATABASE));
  }

  /** Takes out what the user has, also what is longer ago than was looked at. */
  private Future<Recommended> withoutOwn(
      UUID user, int shard, Ranking ranking, boolean partial, CallContext call) {
    List<Ranking.Item> candidates = ranking.best(BEST_PER_DATABASE);
    String[] skus = candidates.stream().map(Ranking.Item::sku).toArray(String[]::new);
    return shards
        .read(
            shard,
            FRESH_ENOUGH,
            call.remaining(System.nanoTime()),
            connection ->
                connection
                    .preparedQuery(BOUGHT_OF.in(shard))
                    .execute(Tuple.of(user).addArrayOfString(skus)))
        .map(
            rows -> {
              Set<String> own = Set.copyOf(texts(rows));
              return new Recommended(
                  candidates.stream()
                      .filter(item -> !own.contains(item.sku()))
                      .limit(Recommended.MAX_ITEMS)
                      .toList(),
                  partial);
            });
  }

  /** Half of what is left, so that a database that does not answer leaves time for the answer. */
  private Duration databaseLimit(CallContext call) {
    Duration half = call.remaining(System.nanoTime()).dividedBy(2);
    return half.compareTo(databaseTimeout) < 0 ? half : databaseTimeout;
  }

  private static List<String> texts(RowSet<Row> rows) {
    List<String> texts = new ArrayList<>(rows.size());
    rows.forEach(row -> texts.add(row.getString(0)));
    return texts;
  }
}
