package dev.starling.postgres.outbox;

import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What consumers could not take, in all shards. Thread-safe, without state. */
public final class DeadLetters {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** In a transaction, so that many dead letters do not hold it for long. */
  private static final int ROWS = 1_000;

  private static final ShardSql LIST =
      new ShardSql(
          """
          SELECT event, consumer, type, aggregate, attempts, reason, died_at
          FROM {shard}.dead_letters
          WHERE $1::text IS NULL OR consumer = $1
          ORDER BY died_at DESC LIMIT $2""");

  /**
   * As new events, for that consumer alone. Of two operators at once each takes what the other does
   * not.
   */
  private static final ShardSql REDRIVE =
      new ShardSql(
          """
          WITH chosen AS (
            SELECT event, consumer FROM {shard}.dead_letters
            WHERE ($1::text IS NULL OR consumer = $1) AND ($2::uuid IS NULL OR event = $2)
            ORDER BY died_at LIMIT $3 FOR UPDATE SKIP LOCKED
          ), taken AS (
            DELETE FROM {shard}.dead_letters AS dead USING chosen
            WHERE dead.event = chosen.event AND dead.consumer = chosen.consumer
            RETURNING dead.*
          )
          INSERT INTO {shard}.outbox
            (id, source, type, subject, aggregate, owner, time, traceparent, data, consumer)
          SELECT event, source, type, subject, aggregate, owner, time, traceparent, data, consumer
          FROM taken ORDER BY died_at""");

  private DeadLetters() {}

  /**
   * The newest first.
   *
   * @param consumer of whom; null for all
   * @param limit how many at most
   */
  public static Future<List<DeadLetter>> list(Shards shards, @Nullable String consumer, int limit) {
    List<DeadLetter> found = new ArrayList<>();
    Future<Void> all = Future.succeededFuture();
    for (int number = 0; number < Shards.COUNT; number++) {
      int shard = number;
      all =
          all.compose(
              before ->
                  shards
                      .read(
                          shard,
                          LIMIT,
                          connection ->
                              connection
                                  .preparedQuery(LIST.in(shard))
                                  .execute(Tuple.of(consumer, limit)))
                      .onSuccess(rows -> rows.forEach(row -> found.add(letter(shard, row))))
                      .mapEmpty());
    }
    return all.map(
        read ->
            found.stream()
                .sorted(Comparator.comparing(DeadLetter::diedAt).reversed())
                .limit(limit)
                .toList());
  }

  /**
   * Lets them be tried again, as if for the first time, behind what their aggregates have open.
   *
   * @param consumer for whom; null for all
   * @param event which one; null for all
   * @return how many
   */
  public static Future<Integer> redrive(
      Shards shards, @Nullable String consumer, @Nullable UUID event) {
    Future<Integer> sum = Future.succeededFuture(0);
    for (int number = 0; number < Shards.COUNT; number++) {
      int shard = number;
      sum =
          sum.compose(before -> redrive(shards, shard, consumer, event).map(more -> before + more));
    }
    return sum;
  }

  private static Future<Integer> redrive(
      Shards shards, int shard, @Nullable String consumer, @Nullable UUID event) {
    return shards
        .transact(
            shard,
            LIMIT,
            connection ->
                connection
                    .preparedQuery(REDRIVE.in(shard))
                    .execute(Tuple.of(consumer, event, ROWS)))
        .compose(
            rows ->
                rows.rowCount() < ROWS
                    ? Future.succeededFuture(rows.rowCount())
                    : redrive(shards, shard, consumer, event).map(more -> more + ROWS));
  }

  private static DeadLetter letter(int shard, Row row) {
    return new DeadLetter(
        shard,
        row.getUUID(0),
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getInteger(4),
        row.getString(5),
        row.getOffsetDateTime(6).toInstant());
  }
}
