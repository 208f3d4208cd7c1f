package dev.starling.postgres.outbox;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Lets a consumer act on each event once, however often it is delivered.
 *
 * <p>Thread-safe, without state.
 */
public final class Inbox {
  private static final ShardSql CLAIM =
      new ShardSql(
          """
          INSERT INTO {shard}.inbox (consumer, event)
          SELECT $1, event FROM unnest($2::uuid[]) AS event ORDER BY event
          ON CONFLICT DO NOTHING
          RETURNING event""");

  private Inbox() {}

  /**
   * Books events in the transaction of {@code connection}, which is one of {@code shard}, and gives
   * those that had not been booked: on them the consumer acts, in this transaction. If it is rolled
   * back they count as not booked.
   */
  public static Future<Set<UUID>> claim(
      SqlConnection connection, int shard, String consumer, Collection<UUID> events) {
    Tuple arguments = Tuple.of(consumer).addArrayOfUUID(events.toArray(UUID[]::new));
    return connection
        .preparedQuery(CLAIM.in(shard))
        .execute(arguments)
        .map(
            rows -> {
              Set<UUID> fresh = new HashSet<>();
              rows.forEach(row -> fresh.add(row.getUUID(0)));
              return fresh;
            });
  }
}
