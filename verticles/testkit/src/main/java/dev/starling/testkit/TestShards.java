package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;

/**
 * The logical shards of a test class, in databases of the one server of the test JVM.
 *
 * <p>Used from test threads, which it blocks.
 */
public final class TestShards {
  private TestShards() {}

  /** Provides the shards to the node's verticles, all in the owner's database. */
  public static Shards provide(TestNode node, Class<?> owner) {
    return provide(node, TestDatabase.provide(node, owner), ShardsConfig.defaults());
  }

  /** Likewise, with the databases that the configuration names. */
  public static Shards provide(TestNode node, Postgres home, ShardsConfig config) {
    Shards shards = await(Shards.start(node.vertx(), home, PostgresConfig.defaults(), config));
    node.onClose(shards::close);
    node.scope().provide(Shards.class, shards);
    return shards;
  }
}
