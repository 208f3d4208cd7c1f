package dev.starling.risk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.postgres.shards.ShardSql;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The statements on a shard's orders and scores. Thread-safe, without state. */
final class RiskStore {
  /*
   * Placed and cancelled may come in either order, and again; the row is the same afterwards. Rows
   * are written in one order, so that two batches of a shard cannot wait for each other.
   */
  private static final ShardSql PLACED =
      new ShardSql(
          """
          INSERT INTO {shard}.risk_orders (user_id, order_id, placed_at, amount)
          SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::float8[])
          ON CONFLICT (user_id, order_id) DO UPDATE SET placed_at = excluded.placed_at""");

  private static final ShardSql CANCELLED =
      new ShardSql(
          """
          INSERT INTO {shard}.risk_orders (user_id, order_id, placed_at, amount, cancelled_at)
          SELECT user_id, order_id, at, amount, at
          FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::float8[])
            AS given (user_id, order_id, at, amount)
          ON CONFLICT (user_id, order_id) DO UPDATE SET cancelled_at = excluded.cancelled_at""");

  private static final ShardSql ARTICLES =
      new ShardSql(
          """
          INSERT INTO {shard}.risk_articles AS held (user_id, sku, first_at)
          SELECT user_id, sku, min(at)
          FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS given (user_id, sku, at)
          GROUP BY user_id, sku ORDER BY user_id, sku
          ON CONFLICT (user_id, sku) DO UPDATE SET first_at = excluded.first_at
          WHERE excluded.first_at < held.first_at""");

  private static final ShardSql HISTORIES =
      new ShardSql(
          """
          SELECT given.order_id, history.orders, history.cancelled, history.last_hour,
            history.last_day, history.mean_amount,
            (SELECT min(placed_at) FROM {shard}.risk_orders AS held
             WHERE held.user_id = given.user_id AND held.placed_at < given.placed_at) AS first_at
          FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
            AS given (user_id, order_id, placed_at)
          CROSS JOIN LATERAL (
            SELECT count(*)::int AS orders,
              (count(*) FILTER (WHERE cancelled_at < given.placed_at))::int AS cancelled,
              (count(*) FILTER (WHERE placed_at > given.placed_at - interval '1 hour'))::int
                AS last_hour,
              (count(*) FILTER (WHERE placed_at > given.placed_at - interval '1 day'))::int
                AS last_day,
              coalesce(avg(amount), 0) AS mean_amount
            FROM (
              SELECT placed_at, cancelled_at, amount FROM {shard}.risk_orders AS held
              WHERE held.user_id = given.user_id
                AND (held.placed_at, held.order_id) < (given.placed_at, given.order_id)
              ORDER BY held.placed_at DESC, held.order_id DESC LIMIT %d
            ) AS newest
          ) AS history
          WHERE NOT EXISTS (
            SELECT FROM {shard}.risk_scores AS scored WHERE scored.order_id = given.order_id)"""
              .formatted(History.MAX_ORDERS));

  private static final ShardSql KNOWN_ARTICLES =
      new ShardSql(
          """
          SELECT given.order_id, count(*)::int
          FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[])
            AS given (user_id, sku, at, order_id)
          JOIN {shard}.risk_articles AS held
            ON held.user_id = given.user_id AND held.sku = given.sku AND held.first_at < given.at
          GROUP BY given.order_id""");

  private static final ShardSql KEEP =
      new ShardSql(
          """
          INSERT INTO {shard}.risk_scores
            (order_id, user_id, score, reasons, features, model_version, scored_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT DO NOTHING""");

  /** An order without a score, and what its user did before. */
  record Unscored(PlacedOrder order, Features features) {}

  /** A score to be kept. */
  record Scored(Unscored order, Assessment assessment) {}

  /** Inside a transaction: notes that these orders were cancelled, each when its time says. */
  Future<Void> cancelled(SqlConnection connection, int shard, List<PlacedOrder> orders) {
    return orders.isEmpty()
        ? Future.succeededFuture()
        : write(connection, CANCELLED, shard, orders);
  }

  /** Inside a transaction: notes these orders, and describes those of them that have no score. */
  Future<List<Unscored>> placed(SqlConnection connection, int shard, List<PlacedOrder> orders) {
    if (orders.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return write(connection, PLACED, shard, orders)
        .compose(written -> describe(connection, shard, orders));
  }

  private static Future<Void> write(
      SqlConnection connection, ShardSql sql, int shard, List<PlacedOrder> orders) {
    List<PlacedOrder> sorted =
        orders.stream()
            .sorted(Comparator.comparing(PlacedOrder::user).thenComparing(PlacedOrder::id))
            .toList();
    Tuple arguments =
        identities(sorted)
            .addArrayOfDouble(sorted.stream().map(PlacedOrder::amount).toArray(Double[]::new));
    return connection
        .preparedQuery(sql.in(shard))
        .execute(arguments)
        .compose(
            written ->
                connection.preparedQuery(ARTICLES.in(shard)).execute(articles(sorted, false)))
        .mapEmpty();
  }

  private static Future<List<Unscored>> describe(
      SqlConnection connection, int shard, List<PlacedOrder> orders) {
    Map<UUID, Integer> known = new HashMap<>();
    return connection
        .preparedQuery(KNOWN_ARTICLES.in(shard))
        .execute(articles(orders, true))
        .compose(
            rows -> {
              rows.forEach(row -> known.put(row.getUUID(0), row.getInteger(1)));
              return connection.preparedQuery(HISTORIES.in(shard)).execute(identities(orders));
            })
        .map(
            rows -> {
              Map<UUID, PlacedOrder> byId = new HashMap<>();
              orders.forEach(order -> byId.put(order.id(), order));
              List<Unscored> unscored = new ArrayList<>();
              for (Row row : rows) {
                UUID id = row.getUUID("order_id");
                PlacedOrder order = byId.get(id);
                History history = history(row, known.getOrDefault(id, 0));
                unscored.add(new Unscored(order, Features.of(order, history)));
              }
              return unscored;
            });
  }

  private static History history(Row row, int knownArticles) {
    OffsetDateTime first = row.getOffsetDateTime("first_at");
    return new History(
        row.getInteger("orders"),
        row.getInteger("cancelled"),
        first == null ? null : first.toInstant(),
        row.getInteger("last_hour"),
        row.getInteger("last_day"),
        row.getDouble("mean_amount"),
        knownArticles);
  }

  /** Inside a transaction: keeps scores; an order that has one keeps that. */
  Future<Void> keep(SqlConnection connection, int shard, List<Scored> scores, Instant now) {
    List<Tuple> arguments =
        scores.stream()
            .sorted(Comparator.comparing(scored -> scored.order().order().id()))
            .map(scored -> arguments(scored, now))
            .toList();
    return connection.preparedQuery(KEEP.in(shard)).executeBatch(arguments).mapEmpty();
  }

  private static Tuple arguments(Scored scored, Instant now) {
    PlacedOrder order = scored.order().order();
    Assessment assessment = scored.assessment();
    float[] row = scored.order().features().row();
    Float[] features = new Float[row.length];
    for (int i = 0; i < row.length; i++) {
      features[i] = row[i];
    }
    return Tuple.of(
            order.id(),
            order.user(),
            assessment.score(),
            new String(Json.toBytes(assessment.reasons()), UTF_8))
        .addArrayOfFloat(features)
        .addString(assessment.modelVersion())
        .addOffsetDateTime(now.atOffset(ZoneOffset.UTC));
  }

  private static Tuple identities(List<PlacedOrder> orders) {
    return Tuple.tuple()
        .addArrayOfUUID(orders.stream().map(PlacedOrder::user).toArray(UUID[]::new))
        .addArrayOfUUID(orders.stream().map(PlacedOrder::id).toArray(UUID[]::new))
        .addArrayOfOffsetDateTime(
            orders.stream()
                .map(order -> order.at().atOffset(ZoneOffset.UTC))
                .toArray(OffsetDateTime[]::new));
  }

  /** A place for each article of each order. */
  private static Tuple articles(List<PlacedOrder> orders, boolean withOrders) {
    List<UUID> users = new ArrayList<>();
    List<String> skus = new ArrayList<>();
    List<OffsetDateTime> times = new ArrayList<>();
    List<UUID> ids = new ArrayList<>();
    for (PlacedOrder order : orders) {
      for (String sku : order.articles()) {
        users.add(order.user());
        skus.add(sku);
        times.add(order.at().atOffset(ZoneOffset.UTC));
        ids.add(order.id());
      }
    }
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(users.toArray(UUID[]::new))
            .addArrayOfString(skus.toArray(String[]::new))
            .addArrayOfOffsetDateTime(times.toArray(OffsetDateTime[]::new));
    return withOrders ? arguments.addArrayOfUUID(ids.toArray(UUID[]::new)) : arguments;
  }
}
