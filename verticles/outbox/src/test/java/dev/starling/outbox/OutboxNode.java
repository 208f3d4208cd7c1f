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
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A node with shards on a real database, an outbox in each, and consumers whose effect is a row
 * that nothing keeps from being written twice.
 */
final class OutboxNode implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(10);
  static final String PLACED = "dev.starling.order.placed";

  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final ShardSql RECORD =
      new ShardSql("INSERT INTO {shard}.effects (consumer, event, aggregate) VALUES ($1, $2, $3)");

  final TestNode node = new TestNode(Path.of("unused"));
  final Postgres home;
  final Shards shards;
  private final AtomicInteger events = new AtomicInteger();

  OutboxNode(Class<?> owner) {
    this(owner, before -> ShardsConfig.defaults());
  }

  /**
   * @param config names databases that it has opened on the node
   */
  OutboxNode(Class<?> owner, Function<TestNode, ShardsConfig> config) {
    try {
      ShardsConfig others = config.apply(node);
      home = TestDatabase.provide(node, owner);
      shards = TestShards.provide(node, home, others);
      await(Outbox.prepare(node.scope(), shards));
      shards.placement().byDatabase().values().forEach(this::empty);
      run(home, "TRUNCATE outbox.subscriptions");
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  private void empty(List<Integer> together) {
    run(
        shards.database(together.get(0)).primary(),
        """
        DO $$
        DECLARE
          shard text;
        BEGIN
          FOREACH shard IN ARRAY '{%s}'::text[] LOOP
            IF to_regclass(shard || '.effects') IS NULL THEN
              EXECUTE format(
                'CREATE TABLE %%I.effects (n bigint GENERATED ALWAYS AS IDENTITY,'
                ' consumer text, event uuid, aggregate text)', shard);
            END IF;
            EXECUTE format('DELETE FROM %%I.effects', shard);
            EXECUTE format('DELETE FROM %%I.outbox', shard);
            EXECUTE format('DELETE FROM %%I.inbox', shard);
            EXECUTE format('DELETE FROM %%I.dead_letters', shard);
          END LOOP;
        END $$"""
            .formatted(together.stream().map(Shards::schema).collect(Collectors.joining(","))));
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

  @Override
  public void close() {
    node.close();
  }
}
