package dev.starling.fusion;

import dev.starling.fusion.core.FusionEvent;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The statements on the log of each shard. Thread-safe, without state. */
final class EventLog {
  private static final String TAKE =
      """
      INSERT INTO {shard}.fusion_events
        (user_id, source, id, modality, time, sent_at, received_at, zone_minutes, content, vector)
      SELECT user_id, source, id, modality, time, sent_at, received_at, zone_minutes, content,
        vector
      FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::timestamptz[],
        $7::timestamptz[], $8::smallint[], $9::text[], $10::bytea[])
        AS given (user_id, source, id, modality, time, sent_at, received_at, zone_minutes,
          content, vector)
      ON CONFLICT DO NOTHING
      RETURNING user_id, source, id""";

  private static final ShardSql APPEND = new ShardSql(TAKE);

  /** Likewise, and what is an utterance is to be decided. */
  private static final ShardSql APPEND_DUE =
      new ShardSql(
          """
          WITH taken AS (
          %s
          ), due AS (
            INSERT INTO {shard}.fusion_due (user_id, source, id, due_at)
            SELECT user_id, source, id, due_at
            FROM unnest($11::uuid[], $12::text[], $13::text[], $14::timestamptz[])
              AS utterance (user_id, source, id, due_at)
            JOIN taken USING (user_id, source, id)
            ON CONFLICT DO NOTHING
          )
          SELECT user_id, source, id FROM taken"""
              .formatted(TAKE));

  private static final String COLUMNS =
      "source, id, modality, time, sent_at, received_at, zone_minutes, content, vector";

  /**
   * Numbers of transactions are compared as those in rows are stored, in 32 bits: of rows of the
   * last seconds they are not far apart.
   */
  private static final ShardSql NEWEST =
      new ShardSql(
          """
          WITH here AS MATERIALIZED (
            SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS server,
              pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest)
          """
              + newest(Modality.UTTERANCE)
              + newest(Modality.IMAGE)
              + newest(Modality.BEHAVIOUR));

  private static final ShardSql ONE =
      new ShardSql(
          "SELECT "
              + COLUMNS
              + " FROM {shard}.fusion_events WHERE user_id = $1 AND source = $2 AND id = $3");

  private static final ShardSql SOURCES =
      new ShardSql(
          """
          SELECT source FROM {shard}.fusion_due WHERE user_id = $1 AND id = $2 AND revision = 0
          LIMIT 2""");

  private final Shards shards;

  EventLog(Shards shards) {
    this.shards = shards;
  }

  /**
   * Something to be stored.
   *
   * @param dueAt when it is to be decided; null for what is no utterance
   */
  record Append(UUID user, LogRow row, @Nullable Instant dueAt) {
    UserKey key() {
      return new UserKey(user, row.event().key());
    }
  }

  private static String newest(Modality modality) {
    return (modality.ordinal() == 0 ? "" : "\nUNION ALL\n")
        + """
        (SELECT %s, (SELECT server FROM here), (SELECT oldest FROM here)
        FROM {shard}.fusion_events
        WHERE user_id = $1 AND modality = %d AND received_at > $2
          AND ($3::bigint IS DISTINCT FROM (SELECT server FROM here)
            OR (xmin::text::bigint - $4::bigint) & 4294967295 < 2147483648)
        ORDER BY received_at DESC FETCH FIRST %d ROWS WITH TIES)"""
            .formatted(COLUMNS, modality.code(), modality.most());
  }

  /**
   * Stores events of users of one shard, all or none; once for each source and id, whoever comes
   * first.
   *
   * @param sorted by {@link UserKey#ORDER}, those that came first before others of the same key
   * @return those that were not there
   */
  Future<Set<UserKey>> append(SqlConnection connection, int shard, List<Append> sorted) {
    int count = sorted.size();
    UUID[] users = new UUID[count];
    String[] sources = new String[count];
    String[] ids = new String[count];
    Short[] modalities = new Short[count];
    OffsetDateTime[] times = new OffsetDateTime[count];
    OffsetDateTime[] sent = new OffsetDateTime[count];
    OffsetDateTime[] received = new OffsetDateTime[count];
    Short[] zones = new Short[count];
    String[] contents = new String[count];
    Buffer[] vectors = new Buffer[count];
    List<Append> due = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Append append = sorted.get(i);
      FusionEvent event = append.row.event();
      users[i] = append.user;
      sources[i] = event.source();
      ids[i] = event.id();
      modalities[i] = Modality.of(event.content()).code();
      times[i] = utc(event.time());
      sent[i] = utc(event.sentAt());
      received[i] = utc(event.receivedAt());
      zones[i] = append.row.zoneMinutes();
      contents[i] = ContentJson.write(event.content());
      vectors[i] = Floats.toBuffer(ContentJson.vector(event.content()));
      if (append.dueAt != null) {
        due.add(append);
      }
    }
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(users)
            .addArrayOfString(sources)
            .addArrayOfString(ids)
            .addArrayOfShort(modalities)
            .addArrayOfOffsetDateTime(times)
            .addArrayOfOffsetDateTime(sent)
            .addArrayOfOffsetDateTime(received)
            .addArrayOfShort(zones)
            .addArrayOfString(contents)
            .addArrayOfBuffer(vectors);
    if (!due.isEmpty()) {
      arguments
          .addArrayOfUUID(due.stream().map(Append::user).toArray(UUID[]::new))
          .addArrayOfString(
              due.stream().map(one -> one.row.event().source()).toArray(String[]::new))
          .addArrayOfString(due.stream().map(one -> one.row.event().id()).toArray(String[]::new))
          .addArrayOfOffsetDateTime(
              due.stream().map(one -> utc(one.dueAt)).toArray(OffsetDateTime[]::new));
    }
    String sql = (due.isEmpty() ? APPEND : APPEND_DUE).in(shard);
    return connection.preparedQuery(sql).execute(arguments).map(EventLog::keys);
  }

  private static Set<UserKey> keys(RowSet<Row> rows) {
    Set<UserKey> keys = new HashSet<>();
    for (Row row : rows) {
      keys.add(UserKey.of(row.getUUID(0), row.getString(1), row.getString(2)));
    }
    return keys;
  }

  /**
   * A user's newest events of each modality, as many as a decision looks at; of those that were
   * received at the same time as the last of them, all.
   *
   * @param after received after it
   * @param upTo what was there before is left out, or most of it; null for all
   * @param wanted those that are not known yet; the others are not decoded
   */
  Future<LogRead> newest(
      UUID user,
      Instant after,
      LogRead.@Nullable UpTo upTo,
      Predicate<FusionEvent.Key> wanted,
      Duration limit) {
    int shard = Shards.of(user);
    Tuple arguments =
        Tuple.of(
            user,
            utc(after),
            upTo == null ? null : upTo.server(),
            upTo == null ? null : upTo.transaction());
    return shards.read(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(NEWEST.in(shard))
                .execute(arguments)
                .map(rows -> read(rows, wanted)));
  }

  private static LogRead read(RowSet<Row> rows, Predicate<FusionEvent.Key> wanted) {
    List<LogRow> found = new ArrayList<>();
    LogRead.UpTo upTo = null;
    for (Row row : rows) {
      if (upTo == null) {
        upTo = new LogRead.UpTo(row.getLong(9), row.getLong(10));
      }
      FusionEvent.Key key = new FusionEvent.Key(row.getString(0), row.getString(1));
      if (wanted.test(key)) {
        found.add(row(key, row));
      }
    }
    return new LogRead(found, upTo);
  }

  /** One event of a user, or null. */
  Future<@Nullable LogRow> find(UUID user, FusionEvent.Key key, Duration limit) {
    int shard = Shards.of(user);
    return shards.read(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(ONE.in(shard))
                .execute(Tuple.of(user, key.source(), key.id()))
                .<@Nullable LogRow>map(
                    rows -> rows.size() == 0 ? null : row(key, rows.iterator().next())));
  }

  /** Sources of a user's utterances of this id that are not decided yet; at most two. */
  Future<List<String>> undecided(UUID user, String id, Duration limit) {
    int shard = Shards.of(user);
    return shards.read(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(SOURCES.in(shard))
                .execute(Tuple.of(user, id))
                .map(rows -> rows.stream().map(row -> row.getString(0)).toList()));
  }

  static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  private static LogRow row(FusionEvent.Key key, Row row) {
    String source = key.source();
    return new LogRow(
        new FusionEvent(
            source,
            key.id(),
            source.substring(source.lastIndexOf('/') + 1),
            row.getOffsetDateTime(3).toInstant(),
            row.getOffsetDateTime(4).toInstant(),
            row.getOffsetDateTime(5).toInstant(),
            ContentJson.read(
                Modality.of(row.getShort(2)), row.getString(7), Floats.of(row.getBuffer(8)))),
        row.getShort(6));
  }
}
