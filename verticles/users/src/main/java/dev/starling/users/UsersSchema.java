package dev.starling.users;

import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;

/**
 * The tables of the users service: the change feed in each database, which may get shards at any
 * time; claims of addresses in the home database; the users in the shards.
 */
final class UsersSchema {
  private static final String SCHEMA = "users";

  /** The home database has all of it, and numbers it in one row. */
  private static final String HOME = "classpath:db/users";

  private static final String OTHERS = "classpath:db/users/feed";
  private static final String SHARDS = "classpath:db/users-shard";

  private UsersSchema() {}

  static Future<Void> migrate(Shards shards) {
    ClassLoader files = UsersSchema.class.getClassLoader();
    return Future.join(
            shards.databases().values().stream()
                .map(
                    database ->
                        database
                            .primary()
                            .migrate(
                                SCHEMA,
                                database.name().equals(ShardDatabaseConfig.HOME) ? HOME : OTHERS,
                                files))
                .toList())
        // The triggers of the shards need the functions of the feed.
        .compose(feeds -> shards.migrate(SCHEMA, SHARDS, files));
  }
}
