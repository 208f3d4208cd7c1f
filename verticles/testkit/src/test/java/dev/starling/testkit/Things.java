package dev.starling.testkit;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A service with one table in every shard, and a node's way to it. */
final class Things {
  static final Duration LIMIT = Duration.ofSeconds(5);

  private static final ShardSql INSERT =
      new ShardSql("INSERT INTO {shard}.things (id, name) VALUES ($1, $2)");
  private static final ShardSql COUNT = new ShardSql("SELECT count(*) FROM {shard}.things");

  private Things() {}

  static Postgres open(Vertx vertx, PostgresEndpoint home) {
    return TestNode.await(
        Postgres.start(
            vertx, Path.of("unused"), PostgresConfig.defaults().at(TestServer.uri(home))));
  }

  static Shards start(Vertx vertx, Postgres home, ShardDatabaseConfig... databases) {
    return TestNode.await(
        Shards.start(vertx, home, PostgresConfig.defaults(), new ShardsConfig(List.of(databases))));
  }

  static Future<Void> migrate(Shards shards) {
    return shards.migrate("things", "classpath:db/things", Things.class.getClassLoader());
  }

  static Future<?> insert(Shards shards, int shard, String name) {
    return shards.transact(
        shard,
        LIMIT,
        connection ->
            connection.preparedQuery(INSERT.in(shard)).execute(Tuple.of(UUID.randomUUID(), name)));
  }

  static Future<Long> count(Shards shards, int shard) {
    return count(shards, shard, Freshness.LATEST);
  }

  static Future<Long> count(Shards shards, int shard, Freshness freshness) {
    return shards.read(
        shard,
        freshness,
        LIMIT,
        connection ->
            connection
                .preparedQuery(COUNT.in(shard))
                .execute()
                .map(rows -> rows.iterator().next().getLong(0)));
  }

  /** The server that answers a read: its port. */
  static Future<Integer> answering(Shards shards, int shard, Freshness freshness) {
    return shards.read(
        shard,
        freshness,
        LIMIT,
        connection ->
            connection
                .query("SELECT inet_server_port()")
                .execute()
                .map(rows -> rows.iterator().next().getInteger(0)));
  }

  static SqlFailure failureOf(Future<?> future) {
    return TestNode.await(
        future.transform(
            result ->
                result.failed()
                    ? Future.succeededFuture(SqlFailure.classify(result.cause()))
                    : Future.failedFuture(new AssertionError("succeeded"))));
  }
}
