package dev.starling.outbox;

import dev.starling.postgres.FencedWrite;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.Term;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the partitions of days that are over, for good.
 *
 * <p>Thread-safe. A partition is emptied as a whole when nothing in it is needed. One event that is
 * open for weeks, such as a job for later, would keep all others of its day and of every eighth day
 * after it: then what is not needed is deleted, a bounded number of rows at a time.
 *
 * <p>What consumers remember of an event is needed while the event is open, or a dead letter, or
 * younger than the retention.
 */
final class Retention {
  /** A day is being written to, and the one after it must be empty. */
  static final Duration LONGEST = Duration.ofDays(Outbox.RING - 2);

  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** That one transaction deletes. */
  static final int ROWS = 5_000;

  /**
   * So many of them, one after the other. Each shard has its turn every eight minutes, so that is
   * some 400 rows a second and shard, more than may be written to it for long.
   */
  private static final int MOST_DELETES = 40;

  private static final String TODAY =
      "SELECT floor(extract(epoch FROM now()) / 86400)::bigint AS day";

  /**
   * Not to queue before those who write: it is tried again later. And with a lock on the whole
   * tables, as anybody has who uses them by their names: a shard that is being moved keeps it out.
   */
  private static final ShardSql CAREFULLY =
      new ShardSql(
          "SET LOCAL lock_timeout = '200ms';"
              + " LOCK TABLE ONLY {shard}.outbox, ONLY {shard}.inbox IN ROW EXCLUSIVE MODE");

  private final Postgres postgres;
  private final Duration retention;
  private final int rows;
  private final List<Table> outbox = new ArrayList<>();
  private final List<Table> inbox = new ArrayList<>();

  /** One partition of a table. */
  private record Table(
      String name, ShardSql any, ShardSql needed, ShardSql lock, ShardSql empty, ShardSql delete) {

    /**
     * @param needed condition for rows {@code held} that are to stay; {@code $1} is the retention
     *     in seconds
     */
    static Table of(String name, String needed) {
      String table = "{shard}." + name;
      return new Table(
          name,
          new ShardSql("SELECT EXISTS (SELECT FROM " + table + ")"),
          new ShardSql("SELECT EXISTS (SELECT FROM " + table + " AS held WHERE " + needed + ")"),
          new ShardSql("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE"),
          new ShardSql("TRUNCATE " + table),
          new ShardSql(
              "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s AS held WHERE NOT (%2$s) LIMIT $2))"
                  .formatted(table, needed)));
    }
  }

  /**
   * @param rows that are deleted at a time
   */
  Retention(Postgres postgres, Duration retention, int rows) {
    this.postgres = postgres;
    this.retention = retention;
    this.rows = rows;
    for (int slot = 0; slot < Outbox.RING; slot++) {
      outbox.add(
          Table.of(
              "outbox_" + slot,
              "held.done_at IS NULL OR held.written_at > now() - $1 * interval '1 second'"));
      inbox.add(
          Table.of(
              "inbox_" + slot,
              """
              held.claimed_at > now() - $1 * interval '1 second'
              OR EXISTS (
                SELECT FROM {shard}.outbox AS event
                WHERE event.id = held.event AND event.done_at IS NULL)
              OR EXISTS (
                SELECT FROM {shard}.dead_letters AS dead
                WHERE dead.event = held.event AND dead.consumer = held.consumer)"""));
    }
  }

  /** Empties what is old in a shard; never fails. */
  Future<Void> sweep(Term term, int shard) {
    return postgres
        .read(LIMIT, connection -> connection.query(TODAY).execute())
        .compose(
            rows -> {
              Future<Void> all = Future.succeededFuture();
              for (int slot : oldSlots(rows.iterator().next().getLong(0))) {
                all =
                    all.compose(before -> sweep(term, shard, outbox.get(slot)))
                        .compose(before -> sweep(term, shard, inbox.get(slot)));
              }
              return all;
            })
        .onFailure(
            failure ->
                log.info(
                    "Old rows of the outbox of shard {} stay for now: {}",
                    shard,
                    failure.getMessage()))
        .otherwiseEmpty();
  }

  /** The partitions of days that are further back than the retention, today's not among them. */
  private List<Integer> oldSlots(long today) {
    List<Integer> slots = new ArrayList<>();
    long kept = retention.plusDays(1).minusNanos(1).toDays();
    for (long day = today - kept - 1; day > today - Outbox.RING; day--) {
      slots.add((int) Math.floorMod(day, (long) Outbox.RING));
    }
    return slots;
  }

  private Future<Void> sweep(Term term, int shard, Table table) {
    return postgres
        .read(LIMIT, connection -> ask(connection, table.any.in(shard), Tuple.tuple()))
        .compose(
            any ->
                any
                    ? postgres
                        .read(LIMIT, connection -> needed(connection, shard, table))
                        .compose(
                            needed ->
                                needed
                                    ? delete(term, shard, table, MOST_DELETES)
                                    : empty(term, shard, table))
                    : Future.<Void>succeededFuture());
  }

  private Future<Void> empty(Term term, int shard, Table table) {
    return fenced(
            term,
            shard,
            connection ->
                connection
                    .query(table.lock.in(shard))
                    .execute()
                    .compose(locked -> needed(connection, shard, table))
                    .compose(
                        needed ->
                            needed
                                ? Future.<Void>succeededFuture()
                                : connection
                                    .query(table.empty.in(shard))
                                    .execute()
                                    .onSuccess(
                                        emptied ->
                                            log.info("Emptied {} of shard {}", table.name, shard))
                                    .<Void>mapEmpty()))
        .mapEmpty();
  }

  private Future<Void> delete(Term term, int shard, Table table, int most) {
    Tuple arguments = Tuple.of((double) retention.toSeconds(), rows);
    return fenced(
            term,
            shard,
            connection ->
                connection
                    .preparedQuery(table.delete.in(shard))
                    .execute(arguments)
                    .map(RowSet::rowCount))
        .compose(
            write ->
                write.orElse(0) == rows && most > 1
                    ? delete(term, shard, table, most - 1)
                    : Future.succeededFuture());
  }

  private Future<Boolean> needed(SqlConnection connection, int shard, Table table) {
    return ask(connection, table.needed.in(shard), Tuple.of((double) retention.toSeconds()));
  }

  private static Future<Boolean> ask(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments).map(Retention::answer);
  }

  private static boolean answer(RowSet<Row> rows) {
    return rows.iterator().next().getBoolean(0);
  }

  private static <T> Future<FencedWrite<T>> fenced(
      Term term, int shard, Function<SqlConnection, Future<T>> work) {
    return term.write(
        LIMIT,
        connection ->
            connection
                .query(CAREFULLY.in(shard))
                .execute()
                .compose(locked -> work.apply(connection)));
  }
}
