package dev.starling.points;

import dev.starling.bus.CallContext;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.PageCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements on the ledger of each shard. Thread-safe, without state. */
final class Ledger {
  /** The ledger follows orders after a moment anyway; a replica that is near will do. */
  private static final Freshness FRESH_ENOUGH = Freshness.within(Duration.ofSeconds(1));

  /*
   * The two kinds know of each other, so that they may be booked in either order: an order that was
   * cancelled first gives nothing, and one that gave nothing has nothing taken back. Balances are
   * locked in the order of users, so that two batches of a shard cannot wait for each other.
   */
  private static final ShardSql PLACED =
      booking(
          "order-placed",
          """
          CASE WHEN EXISTS (
            SELECT FROM {shard}.points AS other
            WHERE other.order_id = given.order_id AND other.kind = 'order-cancelled')
          THEN 0 ELSE given.points END""");

  private static final ShardSql CANCELLED =
      booking(
          "order-cancelled",
          """
          -coalesce((
            SELECT other.points FROM {shard}.points AS other
            WHERE other.order_id = given.order_id AND other.kind = 'order-placed'), 0)""");

  private static final ShardSql ACCOUNT =
      new ShardSql(
          """
          SELECT coalesce(
              (SELECT balance FROM {shard}.point_balances WHERE user_id = $1), 0) AS balance,
            entry.event, entry.order_id, entry.kind, entry.points, entry.created_at
          FROM (SELECT) AS once LEFT JOIN LATERAL (
            SELECT event, order_id, kind, points, created_at FROM {shard}.points
            WHERE user_id = $1
              AND ($2::timestamptz IS NULL OR (created_at, event) < ($2, $3::uuid))
            ORDER BY created_at DESC, event DESC LIMIT $4
          ) AS entry ON true""");

  private final Shards shards;

  Ledger(Shards shards) {
    this.shards = shards;
  }

  /**
   * What an event gives or takes.
   *
   * @param points that a placed order is worth; of no meaning for one that is cancelled
   */
  record Booking(UUID event, UUID userId, UUID orderId, long points, OffsetDateTime at) {}

  private static ShardSql booking(String kind, String points) {
    return new ShardSql(
        """
        WITH booked AS (
          INSERT INTO {shard}.points (event, user_id, order_id, kind, points, created_at)
          SELECT given.event, given.user_id, given.order_id, '%s', %s, given.created_at
          FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[])
            AS given (event, user_id, order_id, points, created_at)
          ON CONFLICT DO NOTHING
          RETURNING user_id, points
        )
        INSERT INTO {shard}.point_balances AS held (user_id, balance)
        SELECT user_id, sum(points) FROM booked GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET balance = held.balance + excluded.balance"""
            .formatted(kind, points));
  }

  /** Books orders that were placed; part of a transaction, like the next. */
  static Future<Void> placed(SqlConnection connection, int shard, List<Booking> bookings) {
    return book(connection, PLACED.in(shard), bookings);
  }

  /** Books orders that were cancelled. */
  static Future<Void> cancelled(SqlConnection connection, int shard, List<Booking> bookings) {
    return book(connection, CANCELLED.in(shard), bookings);
  }

  private static Future<Void> book(SqlConnection connection, String sql, List<Booking> bookings) {
    if (bookings.isEmpty()) {
      return Future.succeededFuture();
    }
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(bookings.stream().map(Booking::event).toArray(UUID[]::new))
            .addArrayOfUUID(bookings.stream().map(Booking::userId).toArray(UUID[]::new))
            .addArrayOfUUID(bookings.stream().map(Booking::orderId).toArray(UUID[]::new))
            .addArrayOfLong(bookings.stream().map(Booking::points).toArray(Long[]::new))
            .addArrayOfOffsetDateTime(
                bookings.stream().map(Booking::at).toArray(OffsetDateTime[]::new));
    return connection.preparedQuery(sql).execute(arguments).mapEmpty();
  }

  /** The balance and at most {@code limit} entries behind the cursor, of one moment. */
  Future<Account> account(UUID user, @Nullable PageCursor after, int limit, CallContext call) {
    int shard = Shards.of(user);
    Tuple arguments =
        Tuple.of(
            user,
            after == null ? null : after.at().atOffset(ZoneOffset.UTC),
            after == null ? null : after.id(),
            limit);
    return shards.read(
        shard,
        FRESH_ENOUGH,
        call.remaining(System.nanoTime()),
        connection ->
            connection.preparedQuery(ACCOUNT.in(shard)).execute(arguments).map(Ledger::account));
  }

  private static Account account(RowSet<Row> rows) {
    long balance = 0;
    List<Entry> entries = new ArrayList<>(rows.size());
    for (Row row : rows) {
      balance = row.getLong("balance");
      if (row.getUUID("event") != null) {
        entries.add(
            new Entry(
                row.getUUID("event"),
                row.getUUID("order_id"),
                row.getString("kind"),
                row.getLong("points"),
                row.getOffsetDateTime("created_at").toInstant()));
      }
    }
    return new Account(balance, entries);
  }
}
