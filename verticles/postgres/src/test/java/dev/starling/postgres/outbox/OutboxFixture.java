package dev.starling.postgres.outbox;

import static dev.starling.postgres.TestServers.await;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.ServerFixture;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Shards on two fresh databases, the upper half of them in the second. */
final class OutboxFixture implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(10);
  static final String PLACED = "dev.starling.order.placed";

  final Vertx vertx = Vertx.vertx();
  final PostgresEndpoint north;
  final PostgresEndpoint south;
  final Postgres home;
  final Shards shards;

  OutboxFixture(ServerFixture server) throws Exception {
    north = server.freshDatabase();
    south = server.freshDatabase();
    PostgresConfig bounds = PostgresConfig.defaults();
    home = await(Postgres.start(vertx, Path.of("unused"), bounds.at(ServerFixture.uri(north))));
    ShardDatabaseConfig other =
        new ShardDatabaseConfig("south", ServerFixture.uri(south), "16-31", List.of());
    shards = await(Shards.start(vertx, home, bounds, new ShardsConfig(List.of(other))));
    await(Outbox.migrate(shards));
  }

  /** An id of version 7, with this time. */
  static UUID id(Instant time, int number) {
    return new UUID(time.toEpochMilli() << 16 | 0x7000L | number, 0x8000_0000_0000_0000L | number);
  }

  static OutboxEvent event(UUID id, String aggregate) {
    return new OutboxEvent(
        id,
        "/starling/orders",
        PLACED,
        aggregate,
        aggregate,
        new UUID(7, 7),
        Instant.parse("2030-01-01T00:00:00Z"),
        "",
        "{}");
  }

  void append(int shard, OutboxEvent... events) throws Exception {
    transact(shard, connection -> Outbox.append(connection, shard, List.of(events)));
  }

  <T> T transact(int shard, Function<SqlConnection, Future<T>> work) throws Exception {
    return await(shards.transact(shard, LIMIT, work));
  }

  @Override
  public void close() throws Exception {
    await(shards.close());
    await(home.close());
    await(vertx.close());
  }
}
