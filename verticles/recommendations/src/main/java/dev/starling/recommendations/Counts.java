package dev.starling.recommendations;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The statements that change a shard's counts; each is part of a transaction. Without state. */
final class Counts {
  /** Gives the orders that count from now on: those that were not cancelled before. */
  private static final ShardSql PLACED =
      new ShardSql(
          """
          INSERT INTO {shard}.counted_orders AS seen (order_id, placed, cancelled)
          SELECT given, true, false FROM unnest($1::uuid[]) AS given ORDER BY given
          ON CONFLICT (order_id) DO UPDATE SET placed = true WHERE NOT seen.placed
          RETURNING order_id, NOT cancelled AS counts""");

  /** Gives the orders that count no longer: those that were placed before. */
  private static final ShardSql CANCELLED =
      new ShardSql(
          """
          INSERT INTO {shard}.counted_orders AS seen (order_id, placed, cancelled)
          SELECT given, false, true FROM unnest($1::uuid[]) AS given ORDER BY given
          ON CONFLICT (order_id) DO UPDATE SET cancelled = true WHERE NOT seen.cancelled
          RETURNING order_id, placed AS counts""");

  private static final ShardSql PURCHASES =
      new ShardSql(
          """
          INSERT INTO {shard}.purchases AS held (user_id, sku, orders, last_at)
          SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[])
          ON CONFLICT (user_id, sku) DO UPDATE
          SET orders = held.orders + excluded.orders,
              last_at = greatest(held.last_at, excluded.last_at)""");

  private static final ShardSql PAIRS =
      new ShardSql(
          """
          INSERT INTO {shard}.co_purchases AS held (sku, other, orders)
          SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
          ON CONFLICT (sku, other) DO UPDATE SET orders = held.orders + excluded.orders""");

  private Counts() {}

  /** Notes that orders were placed, and gives those that are to be counted. */
  static Future<Set<UUID>> placed(SqlConnection connection, int shard, Collection<UUID> orders) {
    return mark(connection, PLACED.in(shard), orders);
  }

  /** Notes that orders were cancelled, and gives those whose counts are to be taken back. */
  static Future<Set<UUID>> cancelled(SqlConnection connection, int shard, Collection<UUID> orders) {
    return mark(connection, CANCELLED.in(shard), orders);
  }

  static Future<Void> add(SqlConnection connection, int shard, Tally tally) {
    if (tally.purchases().isEmpty()) {
      return Future.succeededFuture();
    }
    return connection
        .preparedQuery(PURCHASES.in(shard))
        .execute(purchases(tally))
        .compose(
            counted ->
                tally.pairs().isEmpty()
                    ? Future.succeededFuture()
                    : connection.preparedQuery(PAIRS.in(shard)).execute(pairs(tally)).mapEmpty());
  }

  private static Future<Set<UUID>> mark(
      SqlConnection connection, String sql, Collection<UUID> orders) {
    if (orders.isEmpty()) {
      return Future.succeededFuture(Set.of());
    }
    return connection
        .preparedQuery(sql)
        .execute(Tuple.tuple().addArrayOfUUID(orders.toArray(UUID[]::new)))
        .map(
            rows -> {
              Set<UUID> counting = new HashSet<>();
              rows.forEach(
                  row -> {
                    if (row.getBoolean("counts")) {
                      counting.add(row.getUUID("order_id"));
                    }
                  });
              return counting;
            });
  }

  private static Tuple purchases(Tally tally) {
    var changes = tally.purchases();
    return Tuple.tuple()
        .addArrayOfUUID(changes.keySet().stream().map(Tally.Purchase::user).toArray(UUID[]::new))
        .addArrayOfString(changes.keySet().stream().map(Tally.Purchase::sku).toArray(String[]::new))
        .addArrayOfLong(changes.values().stream().map(Tally.Change::orders).toArray(Long[]::new))
        .addArrayOfOffsetDateTime(
            changes.values().stream()
                .map(change -> change.at().atOffset(ZoneOffset.UTC))
                .toArray(OffsetDateTime[]::new));
  }

  private static Tuple pairs(Tally tally) {
    var changes = tally.pairs();
    return Tuple.tuple()
        .addArrayOfString(changes.keySet().stream().map(Tally.Pair::sku).toArray(String[]::new))
        .addArrayOfString(changes.keySet().stream().map(Tally.Pair::other).toArray(String[]::new))
        .addArrayOfLong(changes.values().toArray(Long[]::new));
  }
}
