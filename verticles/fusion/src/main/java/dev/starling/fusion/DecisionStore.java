package dev.starling.fusion;

import static dev.starling.fusion.EventLog.utc;

import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements on decisions and on what is due, in each shard. Thread-safe, without state. */
final class DecisionStore {
  private static final ShardSql INSERT =
      new ShardSql(
          """
          INSERT INTO {shard}.fusion_decisions
            (user_id, id, source, revision, uid, decided_at, outcome, command, answer, explanation)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""");

  /** It is decided until the window closes; a correction does not keep it open for longer. */
  private static final ShardSql DECIDED =
      new ShardSql(
          """
          INSERT INTO {shard}.fusion_due (user_id, source, id, due_at, revision, as_of)
          VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (user_id, source, id) DO UPDATE
          SET due_at = CASE WHEN fusion_due.revision = 0 THEN excluded.due_at
              ELSE fusion_due.due_at END,
            revision = excluded.revision, as_of = excluded.as_of""");

  private static final ShardSql LATEST =
      new ShardSql(
          """
          SELECT latest.revision, latest.outcome, (
            SELECT command FROM {shard}.fusion_decisions
            WHERE user_id = $1 AND id = $2 AND source = $3 AND command IS NOT NULL
            ORDER BY revision DESC LIMIT 1)
          FROM {shard}.fusion_decisions AS latest
          WHERE user_id = $1 AND id = $2 AND source = $3 ORDER BY revision DESC LIMIT 1""");

  /**
   * What is lost with the server is done again: so its commit need not be on the disk to be told,
   * as there are as many of these as there are utterances.
   */
  private static final String SOON =
      """
      WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
      """;

  private static final ShardSql LOOKED =
      new ShardSql(
          SOON
              + """
          UPDATE {shard}.fusion_due SET as_of = $4 FROM soon
          WHERE user_id = $1 AND source = $2 AND id = $3 AND revision = $5""");

  private static final ShardSql POSTPONE =
      new ShardSql(
          SOON
              + """
          UPDATE {shard}.fusion_due SET due_at = $4 FROM soon
          WHERE user_id = $1 AND source = $2 AND id = $3""");

  private static final ShardSql CLOSE =
      new ShardSql(
          SOON
              + """
          DELETE FROM {shard}.fusion_due USING soon
          WHERE user_id = $1 AND source = $2 AND id = $3""");

  private static final String DUE_COLUMNS = "user_id, source, id, due_at, revision, as_of";

  private static final ShardSql OPEN_OF_USER =
      new ShardSql(
          "SELECT "
              + DUE_COLUMNS
              + " FROM {shard}.fusion_due WHERE user_id = $1 AND revision > 0"
              + " ORDER BY due_at DESC LIMIT 64");

  /** So many of a shard at a time. */
  private static final ShardSql DUE =
      new ShardSql(
          "(SELECT "
              + DUE_COLUMNS
              + " FROM {shard}.fusion_due WHERE due_at <= $1 ORDER BY due_at LIMIT 200)");

  private static final ShardSql FIND =
      new ShardSql(
          """
          SELECT DISTINCT ON (source) source, answer, explanation FROM {shard}.fusion_decisions
          WHERE user_id = $1 AND id = $2 AND ($3::text IS NULL OR source = $3)
            AND ($4::integer IS NULL OR revision = $4)
          ORDER BY source, revision DESC LIMIT 2""");

  private static final ShardSql SINCE =
      new ShardSql(
          """
          SELECT uid, answer FROM {shard}.fusion_decisions
          WHERE user_id = $1 AND uid > $2 ORDER BY uid LIMIT $3""");

  private final Shards shards;

  DecisionStore(Shards shards) {
    this.shards = shards;
  }

  /**
   * An utterance that is to be looked at.
   *
   * @param revision the latest one; 0 when it is not decided
   * @param asOf when the log was read for it; null when it is not decided
   */
  record Due(UserKey utterance, Instant dueAt, int revision, @Nullable Instant asOf) {}

  /**
   * A decision to be stored.
   *
   * @param outcome what makes it another one
   * @param answer JSON
   * @param explanation JSON
   * @param closesAt when nothing changes it any more
   */
  record New(
      UserKey utterance,
      int revision,
      UUID uid,
      Instant decidedAt,
      String outcome,
      @Nullable UUID command,
      String answer,
      String explanation,
      Instant asOf,
      Instant closesAt) {}

  /**
   * @param command the last one that it or a revision before it gave; null when none did
   */
  record Latest(int revision, String outcome, @Nullable UUID command) {}

  /** A decision as it was stored, as JSON. */
  record Found(String source, String answer, String explanation) {}

  /** One of a user's decisions in their order. */
  record Listed(UUID uid, String answer) {}

  /**
   * Stores a decision with what is told of it, in one transaction.
   *
   * @return false when there is such a revision already: then nothing was changed
   */
  Future<Boolean> store(New decision, List<OutboxEvent> events, Duration limit) {
    UserKey utterance = decision.utterance;
    int shard = Shards.of(utterance.user());
    Tuple row =
        Tuple.tuple()
            .addUUID(utterance.user())
            .addString(utterance.key().id())
            .addString(utterance.key().source())
            .addInteger(decision.revision)
            .addUUID(decision.uid)
            .addOffsetDateTime(utc(decision.decidedAt))
            .addString(decision.outcome)
            .addUUID(decision.command)
            .addString(decision.answer)
            .addString(decision.explanation);
    Tuple due =
        key(utterance)
            .addOffsetDateTime(utc(decision.closesAt))
            .addInteger(decision.revision)
            .addOffsetDateTime(utc(decision.asOf));
    return shards
        .transact(
            shard,
            limit,
            connection -> {
              // Sent at once: when the row is there, all of it fails.
              Future<?> inserted = run(connection, INSERT.in(shard), row);
              Future<?> marked = run(connection, DECIDED.in(shard), due);
              Future<?> told = Outbox.append(connection, shard, events);
              return inserted.compose(done -> marked).compose(done -> told).map(true);
            })
        .recover(
            failure ->
                failure instanceof SqlException sql
                        && sql.failure().kind() == SqlFailure.Kind.UNIQUE_VIOLATION
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(failure));
  }

  /** The latest decision of an utterance, or null. */
  Future<@Nullable Latest> latest(UserKey utterance, Duration limit) {
    int shard = Shards.of(utterance.user());
    Tuple key = Tuple.of(utterance.user(), utterance.key().id(), utterance.key().source());
    return shards.read(
        shard,
        limit,
        connection ->
            run(connection, LATEST.in(shard), key)
                .<@Nullable Latest>map(
                    rows -> {
                      if (rows.size() == 0) {
                        return null;
                      }
                      Row row = rows.iterator().next();
                      return new Latest(row.getInteger(0), row.getString(1), row.getUUID(2));
                    }));
  }

  /** A decision was looked at again and is the same. */
  Future<Void> looked(UserKey utterance, int revision, Instant asOf, Duration limit) {
    return change(
        utterance, LOOKED, key(utterance).addOffsetDateTime(utc(asOf)).addInteger(revision), limit);
  }

  /** Looks at it later. */
  Future<Void> postpone(UserKey utterance, Instant until, Duration limit) {
    return change(utterance, POSTPONE, key(utterance).addOffsetDateTime(utc(until)), limit);
  }

  /** Nothing changes it any more. */
  Future<Void> close(UserKey utterance, Duration limit) {
    return change(utterance, CLOSE, key(utterance), limit);
  }

  /** A user's decisions that something later may still change, the newest first. */
  Future<List<Due>> open(UUID user, Duration limit) {
    int shard = Shards.of(user);
    return shards.read(
        shard,
        limit,
        connection ->
            run(connection, OPEN_OF_USER.in(shard), Tuple.of(user)).map(DecisionStore::dues));
  }

  /** What is due in shards of one database, the oldest of each shard first. */
  Future<List<Due>> due(String database, List<Integer> held, Instant before, Duration limit) {
    String sql = held.stream().map(DUE::in).collect(Collectors.joining("\nUNION ALL\n"));
    return shards
        .databases()
        .get(database)
        .primary()
        .read(
            limit,
            connection -> run(connection, sql, Tuple.of(utc(before))).map(DecisionStore::dues));
  }

  /**
   * The decisions of a user's utterances of this id, at most two: one for each source.
   *
   * @param source null for any
   * @param revision null for the latest
   */
  Future<List<Found>> find(
      UUID user, String id, @Nullable String source, @Nullable Integer revision, Duration limit) {
    int shard = Shards.of(user);
    Tuple arguments = Tuple.of(user, id, source, revision);
    return shards.read(
        shard,
        limit,
        connection ->
            run(connection, FIND.in(shard), arguments)
                .map(
                    rows ->
                        rows.stream()
                            .map(
                                row ->
                                    new Found(row.getString(0), row.getString(1), row.getString(2)))
                            .toList()));
  }

  /** A user's decisions after one of them. */
  Future<List<Listed>> since(UUID user, UUID after, int most, Duration limit) {
    int shard = Shards.of(user);
    return shards.read(
        shard,
        limit,
        connection ->
            run(connection, SINCE.in(shard), Tuple.of(user, after, most))
                .map(
                    rows ->
                        rows.stream()
                            .map(row -> new Listed(row.getUUID(0), row.getString(1)))
                            .toList()));
  }

  private Future<Void> change(UserKey utterance, ShardSql sql, Tuple arguments, Duration limit) {
    int shard = Shards.of(utterance.user());
    return shards.write(
        shard, limit, connection -> run(connection, sql.in(shard), arguments).mapEmpty());
  }

  private static Tuple key(UserKey utterance) {
    return Tuple.tuple()
        .addUUID(utterance.user())
        .addString(utterance.key().source())
        .addString(utterance.key().id());
  }

  private static Future<RowSet<Row>> run(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments);
  }

  private static List<Due> dues(RowSet<Row> rows) {
    return rows.stream()
        .map(
            row ->
                new Due(
                    UserKey.of(row.getUUID(0), row.getString(1), row.getString(2)),
                    row.getOffsetDateTime(3).toInstant(),
                    row.getInteger(4),
                    row.getOffsetDateTime(5) == null ? null : row.getOffsetDateTime(5).toInstant()))
        .toList();
  }
}
