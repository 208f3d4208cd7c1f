package dev.starling.outbox;

import static dev.starling.testkit.TestNode.await;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.outbox.Effect;
import dev.starling.postgres.outbox.EventConsumer;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A node with shards on a real database, an outbox in each, and consumers whose effect is a row
 * that nothing keeps from being written twice.
 */
final class OutboxNode implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(10);
  static final String PLACED = "dev.starling.order.placed";

  private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final ShardSql RECORD =
      new ShardSql("INSERT INTO {shard}.effects (consumer, event, aggregate) VALUES ($1, $2, $3)");

  final TestNode node = new TestNode(Path.of("unused"));
  final Postgres home;
  final Shards shards;
  private final AtomicInteger events = new AtomicInteger();

  OutboxNode(Class<?> owner) {
    this(owner, ShardsConfig.defaults());
  }

  OutboxNode(Class<?> owner, ShardsConfig config) {
    try {
      home = TestDatabase.provide(node, owner);
      shards = TestShards.provide(node, home, config);
      await(Outbox.prepare(node.scope(), shards));
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        empty(shard);
      }
      run(home, "TRUNCATE outbox.subscriptions");
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  private void empty(int shard) {
    String schema = Shards.schema(shard);
    run(
        shards.database(shard).primary(),
        ("CREATE TABLE IF NOT EXISTS %1$s.effects (n bigint GENERATED ALWAYS AS IDENTITY,"
                + " consumer text, event uuid, aggregate text);"
                + " TRUNCATE %1$s.effects, %1$s.outbox, %1$s.inbox, %1$s.dead_letters")
            .formatted(schema));
  }

  /** An effect that can be seen, and counted. */
  static Effect recording(String consumer) {
    return Effect.each((connection, shard, event) -> record(connection, shard, consumer, event));
  }

  static Future<Void> record(SqlConnection connection, int shard, String consumer, Event event) {
    return connection
        .preparedQuery(RECORD.in(shard))
        .execute(Tuple.of(consumer, UUID.fromString(event.id()), event.aggregate()))
        .mapEmpty();
  }

  /** Deploys a consumer of {@link #PLACED}, and subscribes it. */
  String consumer(String name, Effect effect) {
    return node.deploy(new Consumer(name, effect));
  }

  /** A consumer as a service has it. */
  private final class Consumer extends ServiceVerticle {
    private final String name;
    private final EventConsumer consumer;

    Consumer(String name, Effect effect) {
      this.name = name;
      this.consumer = new EventConsumer(shards, name, Set.of(PLACED), effect);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    protected Future<?> open() {
      return consumer
          .subscribe()
          .compose(subscribed -> serve(consumer.address(), consumer::receive));
    }
  }

  /** The next event of an aggregate, not written yet. */
  OutboxEvent event(String aggregate) {
    int number = events.incrementAndGet();
    return new OutboxEvent(
        new UUID(
            NOON.toEpochMilli() << 16 | 0x7000L | number >> 12, 0x8000_0000_0000_0000L | number),
        "/starling/orders",
        PLACED,
        aggregate,
        aggregate,
        new UUID(7, 7),
        NOON,
        "",
        "{\"n\":" + number + "}");
  }

  /** Writes events in one transaction. */
  void append(int shard, OutboxEvent... written) {
    await(
        shards.transact(
            shard, LIMIT, connection -> Outbox.append(connection, shard, List.of(written))));
  }

  /** Everything that is open comes to be due now. */
  void timePasses(int shard) {
    run(
        shards.database(shard).primary(),
        """
        UPDATE %s.outbox SET next_at = now(), progress = (
          SELECT coalesce(jsonb_object_agg(key, value || '{"next_millis": 0}'), '{}')
          FROM jsonb_each(progress))
        WHERE done_at IS NULL"""
            .formatted(Shards.schema(shard)));
  }

  long open(int shard) {
    return number(shard, "SELECT count(*) FROM {shard}.outbox WHERE done_at IS NULL");
  }

  /** The effects of a consumer in a shard, in their order: the aggregates of the events. */
  String effects(int shard, String consumer) {
    return text(
        shard,
        "SELECT coalesce(string_agg(aggregate, ' ' ORDER BY n), '') FROM {shard}.effects"
            + " WHERE consumer = '"
            + consumer
            + "'");
  }

  long number(int shard, String sql) {
    return Long.parseLong(text(shard, sql));
  }

  String text(int shard, String sql) {
    String statement = sql.replace("{shard}", Shards.schema(shard));
    return await(
        shards
            .database(shard)
            .primary()
            .read(LIMIT, connection -> connection.query(statement).execute())
            .map(rows -> String.valueOf(rows.iterator().next().getValue(0))));
  }

  static void run(Postgres database, String sql) {
    await(database.write(LIMIT, connection -> connection.query(sql).execute()));
  }

  /** Waits for what another thread or node does. */
  static void awaitUntil(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(what + ": not within " + TestNode.PATIENCE);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
