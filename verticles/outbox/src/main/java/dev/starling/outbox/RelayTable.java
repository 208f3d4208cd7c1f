package dev.starling.outbox;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.outbox.Marks.Dead;
import dev.starling.outbox.Marks.Later;
import dev.starling.outbox.OpenEvent.Key;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statements of relays on the outboxes of one database. Thread-safe.
 *
 * <p>Rows are read without locks: of two relays only the owner can mark, and a lock that lasted
 * until consumers have answered would be a transaction that lasts as long.
 */
final class RelayTable {
  /** More than a statement may take, so that no connection is told another bound for it. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  /**
   * The first open event of each aggregate, if it is due. A subquery for each row, not a join,
   * which the planner may well begin with everything that is open.
   */
  private static final ShardSql DUE =
      new ShardSql(
          """
          SELECT slot, seq, id, source, type, subject, aggregate, owner, time, traceparent, data,
            consumer, progress::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
          FROM (
            SELECT due.*, sum(octet_length(data)) OVER (ORDER BY next_at, seq) AS bytes
            FROM (
              SELECT * FROM {shard}.outbox AS event
              WHERE done_at IS NULL AND next_at <= now()
                AND seq = (
                  SELECT earlier.seq FROM {shard}.outbox AS earlier
                  WHERE earlier.done_at IS NULL AND earlier.aggregate = event.aggregate
                  ORDER BY earlier.seq LIMIT 1)
              ORDER BY next_at LIMIT $1) AS due) AS batch
          WHERE bytes - octet_length(data) < $2
          ORDER BY seq""");

  private static final String SUBSCRIPTIONS =
      "SELECT consumer, types FROM outbox.subscriptions WHERE types <> '{}'";

  private static final ShardSql DONE =
      new ShardSql(
          """
          UPDATE {shard}.outbox AS event SET done_at = clock_timestamp()
          FROM unnest($1::smallint[], $2::bigint[]) AS done (slot, seq)
          WHERE event.slot = done.slot AND event.seq = done.seq""");

  private static final ShardSql LATER =
      new ShardSql(
          """
          UPDATE {shard}.outbox AS event
          SET progress = later.progress::jsonb, next_at = to_timestamp(later.next / 1000.0)
          FROM unnest($1::smallint[], $2::bigint[], $3::text[], $4::bigint[])
            AS later (slot, seq, progress, next)
          WHERE event.slot = later.slot AND event.seq = later.seq""");

  /** Or each look would find those that wait for an earlier one of their aggregate. */
  private static final ShardSql LATER_TOO =
      new ShardSql(
          """
          UPDATE {shard}.outbox AS event SET next_at = to_timestamp(first.next / 1000.0)
          FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS first (seq, aggregate, next)
          WHERE event.done_at IS NULL AND event.aggregate = first.aggregate
            AND event.seq > first.seq AND event.next_at < to_timestamp(first.next / 1000.0)""");

  private static final ShardSql DEAD =
      new ShardSql(
          """
          INSERT INTO {shard}.dead_letters
            (event, consumer, source, type, subject, aggregate, owner, time, traceparent, data,
             attempts, reason)
          SELECT event.id, dead.consumer, source, type, subject, aggregate, owner, time,
            traceparent, data, dead.attempts, dead.reason
          FROM unnest($1::smallint[], $2::bigint[], $3::text[], $4::integer[], $5::text[])
            AS dead (slot, seq, consumer, attempts, reason)
          JOIN {shard}.outbox AS event ON event.slot = dead.slot AND event.seq = dead.seq
          ON CONFLICT (event, consumer) DO UPDATE
          SET attempts = excluded.attempts, reason = excluded.reason, died_at = now()""");

  private static final ShardSql STANDING =
      new ShardSql(
          """
          SELECT right('{shard}', 2)::integer AS shard, count(*) AS open,
            (extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE due_at <= now()))
              * 1000)::bigint AS lag,
            coalesce(bool_or(next_at <= now()), false) AS due
          FROM {shard}.outbox WHERE done_at IS NULL""");

  private final Postgres postgres;

  /**
   * What there is to do in a shard.
   *
   * @param events of different aggregates, none of which may be sent before
   * @param nowMillis when, by the database's clock since 1970
   */
  record Due(List<OpenEvent> events, long nowMillis) {}

  /**
   * How a shard stands.
   *
   * @param open events that somebody has not taken
   * @param lagMillis how long the oldest of them has been due
   * @param due whether one may be sent now
   */
  record Standing(int shard, long open, long lagMillis, boolean due) {}

  /** Who wants which events. */
  private record Subscriber(String consumer, Set<String> types) {}

  RelayTable(Postgres postgres) {
    this.postgres = postgres;
  }

  /** Reads what may be sent now. */
  Future<Due> due(int shard, int maxEvents, int maxBytes) {
    return postgres.read(
        LIMIT,
        connection -> {
          Future<RowSet<Row>> events =
              connection.preparedQuery(DUE.in(shard)).execute(Tuple.of(maxEvents, maxBytes));
          // After the events: who subscribed before one of them was written is found.
          Future<List<Subscriber>> subscribers =
              connection
                  .preparedQuery(SUBSCRIPTIONS)
                  .execute()
                  .map(rows -> rows.stream().map(RelayTable::subscriber).toList());
          return Future.all(events, subscribers)
              .map(read -> due(events.result(), subscribers.result()));
        });
  }

  /** How each of these shards stands. */
  Future<List<Standing>> standings(List<Integer> shards) {
    String sql = shards.stream().map(STANDING::in).collect(Collectors.joining(" UNION ALL "));
    return postgres
        .read(LIMIT, connection -> connection.preparedQuery(sql).execute())
        .map(rows -> rows.stream().map(RelayTable::standing).toList());
  }

  /** Writes in the transaction of the connection. */
  static Future<Void> mark(SqlConnection connection, int shard, Marks marks) {
    List<Future<?>> statements = new ArrayList<>();
    if (!marks.dead().isEmpty()) {
      statements.add(connection.preparedQuery(DEAD.in(shard)).execute(dead(marks.dead())));
    }
    if (!marks.later().isEmpty()) {
      statements.add(connection.preparedQuery(LATER.in(shard)).execute(later(marks.later())));
      statements.add(
          connection.preparedQuery(LATER_TOO.in(shard)).execute(laterToo(marks.later())));
    }
    if (!marks.done().isEmpty()) {
      statements.add(connection.preparedQuery(DONE.in(shard)).execute(keys(marks.done())));
    }
    return Future.all(statements).mapEmpty();
  }

  private static Due due(RowSet<Row> rows, List<Subscriber> subscribers) {
    List<OpenEvent> events = new ArrayList<>();
    long nowMillis = 0;
    for (Row row : rows) {
      nowMillis = row.getLong(13);
      events.add(event(row, subscribers));
    }
    return new Due(events, nowMillis);
  }

  private static OpenEvent event(Row row, List<Subscriber> subscribers) {
    Event event =
        new Event(
            row.getUUID(2).toString(),
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            row.getUUID(7).toString(),
            row.getOffsetDateTime(8).toInstant().toString(),
            row.getString(9),
            row.getString(10));
    Progress progress = Progress.parse(row.getString(12));
    String only = row.getString(11);
    Set<String> consumers = new HashSet<>();
    if (only != null) {
      consumers.add(only);
    } else {
      subscribers.stream()
          .filter(subscriber -> subscriber.types.contains(event.type()))
          .forEach(subscriber -> consumers.add(subscriber.consumer));
    }
    consumers.removeIf(consumer -> progress.of(consumer).settled());
    return new OpenEvent(new Key(row.getShort(0), row.getLong(1)), event, consumers, progress);
  }

  private static Subscriber subscriber(Row row) {
    return new Subscriber(row.getString(0), Set.of(row.getArrayOfStrings(1)));
  }

  private static Standing standing(Row row) {
    Long lag = row.getLong(2);
    return new Standing(
        row.getInteger(0), row.getLong(1), lag == null ? 0 : lag, row.getBoolean(3));
  }

  private static Tuple keys(List<Key> keys) {
    return Tuple.tuple()
        .addArrayOfShort(keys.stream().map(Key::slot).toArray(Short[]::new))
        .addArrayOfLong(keys.stream().map(Key::seq).toArray(Long[]::new));
  }

  private static Tuple later(List<Later> later) {
    return keys(later.stream().map(Later::key).toList())
        .addArrayOfString(later.stream().map(l -> l.progress().toJson()).toArray(String[]::new))
        .addArrayOfLong(later.stream().map(Later::nextMillis).toArray(Long[]::new));
  }

  private static Tuple laterToo(List<Later> later) {
    return Tuple.tuple()
        .addArrayOfLong(later.stream().map(l -> l.key().seq()).toArray(Long[]::new))
        .addArrayOfString(later.stream().map(Later::aggregate).toArray(String[]::new))
        .addArrayOfLong(later.stream().map(Later::nextMillis).toArray(Long[]::new));
  }

  private static Tuple dead(List<Dead> dead) {
    return keys(dead.stream().map(Dead::key).toList())
        .addArrayOfString(dead.stream().map(Dead::consumer).toArray(String[]::new))
        .addArrayOfInteger(dead.stream().map(Dead::attempts).toArray(Integer[]::new))
        .addArrayOfString(dead.stream().map(Dead::reason).toArray(String[]::new));
  }
}
