package dev.starling.postgres.outbox;

import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to the outbox of a shard.
 *
 * <p>Thread-safe, without state. A service calls {@link #prepare} before it writes.
 */
public final class Outbox {
  /** How many partitions, each of a day, the outbox and the inbox of a shard have. */
  public static final int RING = 8;

  private static final ShardSql APPEND =
      new ShardSql(
          """
          INSERT INTO {shard}.outbox
            (id, source, type, subject, aggregate, owner, time, traceparent, data, consumer,
             due_at, next_at)
          SELECT id, source, type, subject, aggregate, owner, time, traceparent, data, consumer,
            coalesce(not_before, now()), coalesce(not_before, now())
          FROM unnest(
            $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[],
            $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::timestamptz[])
            WITH ORDINALITY AS event (id, source, type, subject, aggregate, owner, time,
              traceparent, data, consumer, not_before, place)
          ORDER BY place""");

  private Outbox() {}

  /** Makes the tables of the outbox and the inbox in every shard; once a node does it. */
  public static Future<Void> prepare(NodeScope node, Shards shards) {
    return node.once("outbox:schema", () -> migrate(shards));
  }

  static Future<Void> migrate(Shards shards) {
    List<Future<?>> each = new ArrayList<>();
    each.add(Subscriptions.migrate(shards.home()));
    each.add(shards.migrate("outbox", "classpath:db/outbox", Outbox.class.getClassLoader()));
    return Future.join(each).mapEmpty();
  }

  /**
   * Makes a service a consumer of events, for good: what is written from now on waits for it, also
   * while no instance of it runs. Types that it subscribed to before stay: {@link #unsubscribe}
   * ends them.
   *
   * <p>Completes when the home database has it, and every other one that can be reached. A database
   * that cannot, or that no relay has worked on yet, gets it from its relay, before that delivers
   * anything.
   *
   * @param consumer the service's name
   * @param types exact types, e.g. {@code dev.starling.order.placed}
   */
  public static Future<Void> subscribe(Shards shards, String consumer, Set<String> types) {
    return Subscriptions.add(shards, consumer, types);
  }

  /**
   * Ends all subscriptions of a consumer; what still waited for it alone counts as delivered.
   *
   * @return whether it had any
   */
  public static Future<Boolean> unsubscribe(Shards shards, String consumer) {
    return Subscriptions.end(shards, consumer);
  }

  /**
   * Appends events in the transaction of {@code connection}, which is one of {@code shard}, in
   * their order.
   *
   * <p>Order within an aggregate is the order in which transactions come here. Who changes an
   * aggregate locks its row first, then appends.
   */
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
                events.stream().map(e -> at(e.time())).toArray(OffsetDateTime[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::traceparent).toArray(String[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::data).toArray(String[]::new))
            .addArrayOfString(events.stream().map(OutboxEvent::consumer).toArray(String[]::new))
            .addArrayOfOffsetDateTime(
                events.stream().map(e -> at(e.notBefore())).toArray(OffsetDateTime[]::new));
    return connection.preparedQuery(APPEND.in(shard)).execute(arguments).mapEmpty();
  }

  private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
