package dev.starling.users;

import static dev.starling.testkit.TestNode.await;

import dev.starling.postgres.Migrations;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** Two PostgreSQL servers with half of the shards each: the home database and {@code south}. */
final class TwoDatabases implements AutoCloseable {
  static final String SOUTH = "south";
  private static final int FIRST_OF_SOUTH = 16;

  final TestServer home = TestServer.start();
  final TestServer south = TestServer.start();

  /** A node without the service, on emptied databases; every shard is where it was at first. */
  UsersNode node() {
    return new UsersNode(
        this::provideHome,
        new ShardsConfig(
            List.of(
                new ShardDatabaseConfig(
                    SOUTH,
                    TestServer.uri(south.database("south")),
                    FIRST_OF_SOUTH + "-" + (Shards.COUNT - 1),
                    List.of()))));
  }

  private Postgres provideHome(TestNode node) {
    Postgres postgres =
        await(
            Postgres.start(
                node.vertx(),
                Path.of("unused"),
                UsersNode.bounds(Duration.ofSeconds(5)).at(TestServer.uri(home.database("home")))));
    node.onClose(postgres::close);
    node.scope().provide(Postgres.class, postgres);
    return postgres;
  }

  /** An id of somebody whose shard is in the home database. */
  static String homeId() {
    return id(shard -> shard < FIRST_OF_SOUTH);
  }

  static String southId() {
    return id(shard -> shard >= FIRST_OF_SOUTH);
  }

  static String id(IntPredicate shard) {
    return Stream.generate(UUID::randomUUID)
        .filter(id -> shard.test(Shards.of(id)))
        .findFirst()
        .orElseThrow()
        .toString();
  }

  /**
   * Takes a shard of the home database away, as the command does that moves shards: with a row that
   * tells the caches.
   */
  void takeAway(UsersNode users, int shard) {
    String schema = Shards.schema(shard);
    users.sql(
        """
        BEGIN;
        ALTER SCHEMA %s RENAME TO %s_moved;
        INSERT INTO users.changes (user_id, version, deleted) VALUES ('%s', 0, true);
        COMMIT"""
            .formatted(schema, schema, Change.EVERYBODY));
  }

  /** Brings it to the other database, with one user, of version 7. */
  void bring(UsersNode users, int shard, String id, String name) {
    Postgres database = users.shards.databases().get(SOUTH).primary();
    Migrations.runPart(
        database.endpoint(),
        Shards.schema(shard),
        "flyway_users",
        "classpath:db/users-shard",
        TwoDatabases.class.getClassLoader());
    await(
        database
            .pool()
            .query(
                UsersNode.of(
                    id,
                    "INSERT INTO {shard}.users (id, email, email_key, name, created_at, version)"
                        + " VALUES ('{id}', 'a@b.org', 'a@b.org', '%s', '2026-01-01Z', 7)"
                            .formatted(name)))
            .execute());
    place(users, shard);
  }

  /** Says that a shard is in the other database. */
  void place(UsersNode users, int shard) {
    users.sql(
        "UPDATE shards.placement SET database = 'south', epoch = epoch + 1 WHERE shard = %d"
            .formatted(shard));
  }

  /** Undoes all that was done to a shard of the home database. */
  void putBack(UsersNode users, int shard) {
    String schema = Shards.schema(shard);
    await(
        users
            .shards
            .databases()
            .get(SOUTH)
            .primary()
            .pool()
            .query("DROP SCHEMA IF EXISTS %s CASCADE".formatted(schema))
            .execute());
    users.sql(
        """
        DO $$ BEGIN
          IF to_regnamespace('%1$s_moved') IS NOT NULL THEN
            ALTER SCHEMA %1$s_moved RENAME TO %1$s;
          END IF;
        END $$;
        UPDATE shards.placement SET database = 'home', epoch = epoch + 1 WHERE shard = %2$d"""
            .formatted(schema, shard));
  }

  @Override
  public void close() {
    south.close();
    home.close();
  }
}
