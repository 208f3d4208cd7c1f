package dev.starling.risk;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.bus.CallContext;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.risk.Assessment.Reason;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the score of an order. Whose order it is says nothing of who asks, so each database is
 * asked once for all of its shards, each by its primary key.
 *
 * <p>Thread-safe, without state.
 */
final class ScoreLookup {
  private static final ShardSql OF_SHARD =
      new ShardSql(
          """
          SELECT score, reasons, model_version, scored_at
          FROM {shard}.risk_scores WHERE order_id = $1""");

  private final Shards shards;

  ScoreLookup(Shards shards) {
    this.shards = shards;
  }

  /** What was found. */
  sealed interface Finding {}

  record Found(Assessment assessment, Instant scoredAt) implements Finding {}

  record Absent() implements Finding {}

  /** It is not where could be looked. */
  record Unclear() implements Finding {}

  Future<Finding> find(UUID order, CallContext call) {
    Map<String, List<Integer>> byDatabase = shards.placement().byDatabase();
    Duration limit = call.remaining(System.nanoTime());
    List<Future<RowSet<Row>>> asked = new ArrayList<>();
    byDatabase.forEach(
        (name, held) -> asked.add(ask(shards.databases().get(name), held, order, limit)));
    return Future.join(asked).transform(all -> Future.succeededFuture(finding(asked)));
  }

  private static Future<RowSet<Row>> ask(
      @Nullable ShardDatabase database, List<Integer> held, UUID order, Duration limit) {
    if (database == null) {
      return Future.failedFuture(new IllegalStateException("a database that is not configured"));
    }
    String sql = held.stream().map(OF_SHARD::in).collect(Collectors.joining("\nUNION ALL\n"));
    return database
        .primary()
        .read(limit, connection -> connection.preparedQuery(sql).execute(Tuple.of(order)));
  }

  private static Finding finding(List<Future<RowSet<Row>>> asked) {
    boolean all = true;
    for (Future<RowSet<Row>> one : asked) {
      if (one.failed()) {
        all = false;
      } else if (one.result().size() > 0) {
        return found(one.result().iterator().next());
      }
    }
    return all ? new Absent() : new Unclear();
  }

  private static Finding found(Row row) {
    try {
      List<Reason> reasons =
          List.of(Json.MAPPER.readValue(row.getString("reasons"), Reason[].class));
      return new Found(
          new Assessment(row.getDouble("score"), reasons, row.getString("model_version")),
          row.getOffsetDateTime("scored_at").toInstant());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("reasons: unreadable (expected: as they were written)", e);
    }
  }
}
