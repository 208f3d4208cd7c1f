package dev.starling.postgres.outbox;

import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Appends events to the outbox of a shard.
 *
 * <p>Thread-safe, without state. A service calls {@link #prepare} before it writes.
 */
public final class Outbox {
  private static final ShardSql APPEND =
      new ShardSql(
          """
          INSERT INTO {shard}.outbox
            (id, source, type, subject, aggregate, owner, time, traceparent, data)
          SELECT * FROM unnest(
            $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[],
            $7::timestamptz[], $8::text[], $9::text[])""");

  private Outbox() {}

  /** Makes the tables of the outbox and the inbox in every shard; once a node does it. */
  public static Future<Void> prepare(NodeScope node, Shards shards) {
    return node.once(
        "outbox:schema",
        () -> shards.migrate("outbox", "classpath:db/outbox", Outbox.class.getClassLoader()));
  }

  /**
   * Makes a service a consumer of events, for good: what is written from now on waits for it, also
   * while no instance of it runs.
   *
   * @param consumer the service's name
   * @param types exact types, e.g. {@code dev.starling.order.placed}
   */
  public static Future<Void> subscribe(Shards shards, String consumer, Set<String> types) {
    throw new UnsupportedOperationException("subscribe");
  }

  /** Appends events in the transaction of {@code connection}, which is one of {@code shard}. */
  public static Future<Void> append(SqlConnection connection, int shard, List<OutboxEvent> events) {
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(events.stream().map(OutboxEvent::id).toArray(UUID[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::source).toArray(String[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::type).toArray(String[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::subject).toArray(String[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::aggregate).toArray(String[]::new))
            .addArrayOfUUID(events.stream().map(OutboxEvent::owner).toArray(UUID[]::new))
            .addArrayOfOffsetDateTime(
                events.stream()
                    .map(event -> event.time().atOffset(ZoneOffset.UTC))
                    .toArray(java.time.OffsetDateTime[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::traceparent).toArray(String[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::data).toArray(String[]::new));
    return connection.preparedQuery(APPEND.in(shard)).execute(arguments).mapEmpty();
  }
}
