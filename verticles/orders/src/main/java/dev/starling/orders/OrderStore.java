package dev.starling.orders;

import dev.starling.orders.Decision.Placed;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The statements on a shard's orders. What is asked for at once is sent at once, without waiting
 * for the answers in between.
 *
 * <p>Thread-safe, without state. Methods that say so are used inside a transaction.
 */
final class OrderStore {
  private static final String COLUMNS =
      "id, user_id, total, currency, lines::text, created_at, cancelled_at";

  /** One look into the index for each key, whatever the planner believes of the table's size. */
  private static final ShardSql EARLIER =
      new ShardSql(
          """
          SELECT found.*
          FROM unnest($1::uuid[], $2::text[]) AS asked (user_id, key),
          LATERAL (
            SELECT %s, idempotency_key, fingerprint
            FROM {shard}.orders AS o
            WHERE o.user_id = asked.user_id AND o.idempotency_key = asked.key
            LIMIT 1
          ) AS found"""
              .formatted(COLUMNS));

  private static final ShardSql LOCK_STOCK =
      new ShardSql(
          """
          SELECT s.sku, p.price, p.currency, s.available
          FROM {shard}.stock AS s JOIN {shard}.products AS p ON p.sku = s.sku
          WHERE s.sku = ANY ($1::text[])
          ORDER BY s.sku
          FOR UPDATE OF s""");

  private static final ShardSql STORE =
      new ShardSql(
          """
          WITH sold AS (
            UPDATE {shard}.stock AS s SET available = s.available - sale.quantity
            FROM unnest($9::text[], $10::bigint[]) AS sale (sku, quantity)
            WHERE s.sku = sale.sku
          )
          INSERT INTO {shard}.orders
            (user_id, id, idempotency_key, fingerprint, total, currency, lines, created_at, status)
          SELECT user_id, id, key, fingerprint, total, currency, lines::jsonb, created_at, 'confirmed'
          FROM unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[],
            $8::timestamptz[])
            AS placed (user_id, id, key, fingerprint, total, currency, lines, created_at)
          ON CONFLICT DO NOTHING
          RETURNING id""");

  private static final ShardSql BY_ID =
      new ShardSql("SELECT " + COLUMNS + " FROM {shard}.orders WHERE user_id = $1 AND id = $2");

  private static final ShardSql PAGE =
      new ShardSql(
          "SELECT "
              + COLUMNS
              + " FROM {shard}.orders WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");

  private static final ShardSql LOCK_ORDER =
      new ShardSql(
          "SELECT " + COLUMNS + " FROM {shard}.orders WHERE user_id = $1 AND id = $2 FOR UPDATE");

  private static final ShardSql CANCEL =
      new ShardSql(
          """
          WITH mine AS (
            SELECT s.sku, back.quantity
            FROM unnest($4::text[], $5::bigint[]) AS back (sku, quantity)
            JOIN {shard}.stock AS s ON s.sku = back.sku
            ORDER BY s.sku
            FOR UPDATE OF s
          ), returned AS (
            UPDATE {shard}.stock AS s SET available = s.available + mine.quantity
            FROM mine WHERE s.sku = mine.sku
          )
          UPDATE {shard}.orders SET status = 'cancelled', cancelled_at = $3
          WHERE user_id = $1 AND id = $2""");

  /**
   * A key of the batch was stored by another node since the batch looked. It has no stack trace.
   */
  static final class KeysTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeysTaken() {
      super("another node stored an order under a key of this batch", null, false, false);
    }
  }

  /** What a shard holds that a batch of requests has to do with. */
  record Holdings(Map<String, OrderBook.Item> items, Map<Request.Key, OrderBook.Earlier> earlier) {}

  /**
   * Inside a transaction: locks the stock of what is asked for, and reads what is stored under the
   * requests' keys.
   *
   * <p>Keys come first. What another node stores under one of them afterwards, perhaps while this
   * waits for a lock of it, is noticed by {@link #store}, by the unique index.
   */
  Future<Holdings> look(SqlConnection connection, int shard, List<Request> requests) {
    UUID[] users = requests.stream().map(request -> request.key().userId()).toArray(UUID[]::new);
    String[] keys = requests.stream().map(request -> request.key().text()).toArray(String[]::new);
    String[] skus =
        requests.stream()
            .flatMap(request -> request.lines().stream())
            .map(OrderLine::sku)
            .distinct()
            .toArray(String[]::new);
    Future<Map<Request.Key, OrderBook.Earlier>> earlier =
        run(connection, EARLIER, shard, Tuple.tuple().addArrayOfUUID(users).addArrayOfString(keys))
            .map(OrderStore::earlier);
    return run(connection, LOCK_STOCK, shard, Tuple.tuple().addArrayOfString(skus))
        .map(OrderStore::items)
        .compose(items -> earlier.map(found -> new Holdings(items, found)));
  }

  /**
   * Inside the same transaction: stores what was placed, takes it from the stock, and appends the
   * events that tell of it, in the order of what was placed. Fails with {@link KeysTaken} when
   * nothing must be committed.
   */
  Future<Void> store(
      SqlConnection connection,
      int shard,
      List<Placed> placed,
      Map<String, Long> sold,
      List<OutboxEvent> events) {
    if (placed.isEmpty()) {
      return Future.succeededFuture();
    }
    // In one order on all nodes: two that store the same keys must not wait for each other.
    List<Placed> sorted =
        placed.stream().sorted(Comparator.comparing(one -> one.request().key())).toList();
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(all(sorted, one -> one.order().userId(), UUID[]::new))
            .addArrayOfUUID(all(sorted, one -> one.order().id(), UUID[]::new))
            .addArrayOfString(all(sorted, one -> one.request().key().text(), String[]::new))
            .addArrayOfUUID(all(sorted, one -> one.request().fingerprint(), UUID[]::new))
            .addArrayOfLong(all(sorted, one -> one.order().total().amount(), Long[]::new))
            .addArrayOfString(all(sorted, one -> one.order().total().currency(), String[]::new))
            .addArrayOfString(
                all(sorted, one -> LinesJson.write(one.order().lines()), String[]::new))
            .addArrayOfOffsetDateTime(
                all(sorted, one -> utc(one.order().createdAt()), OffsetDateTime[]::new))
            .addArrayOfString(sold.keySet().toArray(String[]::new))
            .addArrayOfLong(sold.values().toArray(Long[]::new));
    Future<Void> stored =
        run(connection, STORE, shard, arguments)
            .compose(
                rows ->
                    rows.size() == sorted.size()
                        ? Future.succeededFuture()
                        : Future.failedFuture(new KeysTaken()));
    Future<Void> told = Outbox.append(connection, shard, events);
    return stored.compose(done -> told);
  }

  /** A user's order, or null. */
  Future<@Nullable Order> byId(SqlConnection connection, int shard, UUID user, UUID id) {
    return run(connection, BY_ID, shard, Tuple.of(user, id)).map(OrderStore::first);
  }

  /** At most {@code limit} orders behind the cursor, the newest first. */
  Future<List<Order>> page(
      SqlConnection connection, int shard, UUID user, OrderCursor after, int limit) {
    return run(connection, PAGE, shard, Tuple.of(user, after.id(), limit))
        .map(rows -> rows.stream().map(OrderStore::order).toList());
  }

  /** Inside a transaction: a user's order, which nobody else changes until its end, or null. */
  Future<@Nullable Order> lock(SqlConnection connection, int shard, UUID user, UUID id) {
    return run(connection, LOCK_ORDER, shard, Tuple.of(user, id)).map(OrderStore::first);
  }

  /** Inside the same transaction: marks the order, and gives back to the stock what it took. */
  Future<Void> cancel(
      SqlConnection connection, int shard, Order order, Instant at, OutboxEvent event) {
    Map<String, Long> back = new HashMap<>();
    order.lines().forEach(line -> back.merge(line.sku(), (long) line.quantity(), Long::sum));
    Tuple arguments =
        Tuple.of(order.userId(), order.id(), utc(at))
            .addArrayOfString(back.keySet().toArray(String[]::new))
            .addArrayOfLong(back.values().toArray(Long[]::new));
    Future<?> marked = run(connection, CANCEL, shard, arguments);
    Future<Void> told = Outbox.append(connection, shard, List.of(event));
    return marked.compose(done -> told);
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Future<RowSet<Row>> run(
      SqlConnection connection, ShardSql sql, int shard, Tuple arguments) {
    return connection.preparedQuery(sql.in(shard)).execute(arguments);
  }

  private static <T> T[] all(
      Collection<Placed> placed, Function<Placed, T> component, IntFunction<T[]> array) {
    return placed.stream().map(component).toArray(array);
  }

  private static @Nullable Order first(RowSet<Row> rows) {
    return rows.size() == 0 ? null : order(rows.iterator().next());
  }

  private static Order order(Row row) {
    OffsetDateTime cancelled = row.getOffsetDateTime(6);
    return new Order(
        row.getUUID(0),
        row.getUUID(1),
        new Money(row.getLong(2), row.getString(3)),
        LinesJson.read(row.getString(4)),
        row.getOffsetDateTime(5).toInstant(),
        cancelled == null ? null : cancelled.toInstant());
  }

  private static Map<Request.Key, OrderBook.Earlier> earlier(RowSet<Row> rows) {
    Map<Request.Key, OrderBook.Earlier> earlier = new HashMap<>();
    for (Row row : rows) {
      Order order = order(row);
      earlier.put(
          new Request.Key(order.userId(), row.getString(7)),
          new OrderBook.Earlier(order, row.getUUID(8)));
    }
    return earlier;
  }

  private static Map<String, OrderBook.Item> items(RowSet<Row> rows) {
    Map<String, OrderBook.Item> items = new HashMap<>();
    for (Row row : rows) {
      items.put(
          row.getString(0),
          new OrderBook.Item(new Money(row.getLong(1), row.getString(2)), row.getLong(3)));
    }
    return items;
  }
}
