package dev.starling.postgres.outbox;

import dev.starling.postgres.shards.ShardSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
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
          INSERT INTO {shard}.inbox (consumer, event, slot)
          SELECT $1, claimed.event, claimed.slot
          FROM unnest($2::uuid[], $3::smallint[]) AS claimed (event, slot)
          ORDER BY claimed.event
          ON CONFLICT DO NOTHING
          RETURNING event""");

  private static final int VERSION_WITH_TIME = 7;
  private static final int TIME_SHIFT = 16;
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private Inbox() {}

  /**
   * The partition for an event: the day of its id, modulo the size of the ring. It depends on
   * nothing else, or an event that is delivered again on another day could be booked twice.
   */
  static short slot(UUID event) {
    long day =
        event.version() == VERSION_WITH_TIME
            ? (event.getMostSignificantBits() >>> TIME_SHIFT) / DAY_MILLIS
            // Anything that stays the same; such rows are deleted one by one.
            : event.getLeastSignificantBits();
    return (short) Math.floorMod(day, Outbox.RING);
  }

  /**
   * Books events in the transaction of {@code connection}, which is one of {@code shard}, and gives
   * those that had not been booked: on them the consumer acts, in this transaction. If it is rolled
   * back they count as not booked.
   */
  public static Future<Set<UUID>> claim(
      SqlConnection connection, int shard, String consumer, Collection<UUID> events) {
    Tuple arguments =
        Tuple.of(consumer)
            .addArrayOfUUID(events.toArray(UUID[]::new))
            .addArrayOfShort(events.stream().map(Inbox::slot).toArray(Short[]::new));
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
