package dev.starling.users;

import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;

/**
 * The tables of the users service: claims of addresses in the home database, users in the shards.
 * With its first shard a database gets the change feed.
 */
final class UsersSchema {
  private static final String NAME = "users";
  private static final String HOME = "classpath:db/users";
  private static final String SHARDS = "classpath:db/users-shard";

  private UsersSchema() {}

  /** A database that is away gets its part when it is back. */
  static Future<Void> migrate(Shards shards) {
    ClassLoader files = UsersSchema.class.getClassLoader();
    return shards
        .home()
        .migrate(NAME, HOME, files)
        // Afterwards: Flyway makes a schema only where there is none.
        .compose(home -> shards.migrate(NAME, SHARDS, files));
  }
}
