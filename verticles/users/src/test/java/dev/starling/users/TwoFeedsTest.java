package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.TwoDatabases.SOUTH;
import static dev.starling.users.TwoDatabases.homeId;
import static dev.starling.users.TwoDatabases.southId;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.testkit.TestServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cache over two servers: each vouches for its own users, and for none who has moved away. */
@Timeout(120)
class TwoFeedsTest {
  private static final Duration STALENESS = UsersConfig.defaults().cacheMaxStaleness();
  private static TwoDatabases databases;

  private final AtomicLong nanoTime = new AtomicLong();
  private UsersNode users;
  private Context context;
  private ProfileCache profiles;

  @BeforeAll
  static void startServers() {
    databases = new TwoDatabases();
  }

  @AfterAll
  static void stopServers() {
    databases.close();
  }

  @BeforeEach
  void start() {
    users = databases.node();
    users.node.deploy(new UsersVerticle());
    context = users.node.vertx().getOrCreateContext();
    profiles =
        new ProfileCache(
            new UserStore(users.shards),
            users.shards,
            UsersConfig.defaults(),
            new SimpleMeterRegistry(),
            nanoTime::get);
    look(ShardDatabaseConfig.HOME);
    look(SOUTH);
  }

  @AfterEach
  void stop() {
    profiles.release();
    users.close();
    databases.south.restart();
  }

  @Test
  void look_changesInBothDatabases_evictThoseUsersOnly() {
    String near = cachedUser(homeId());
    String far = cachedUser(southId());
    String other = cachedUser(southId());

    users.sqlOf(near, "UPDATE {shard}.users SET name = 'Eve' WHERE id = '{id}'");
    users.sqlOf(far, "UPDATE {shard}.users SET name = 'Eve' WHERE id = '{id}'");
    look(ShardDatabaseConfig.HOME);
    assertThat(profiles.cached(near)).isNull();
    assertThat(profiles.cached(far)).isNotNull();
    look(SOUTH);

    assertThat(profiles.cached(far)).isNull();
    assertThat(profiles.cached(other)).isNotNull();
  }

  @Test
  void cached_oneServerDown_isBelievedForTheUsersOfTheOther() {
    String near = cachedUser(homeId());
    String far = cachedUser(southId());

    databases.south.kill();
    nanoTime.addAndGet(STALENESS.toNanos() + 1);
    look(ShardDatabaseConfig.HOME);
    look(SOUTH);

    assertThat(profiles.cached(near)).isNotNull();
    assertThat(profiles.cached(far)).isNull();

    databases.south.restart();
    TestServer.await("the feed is back", () -> isFreshAfterALook(SOUTH));
    // It is another run of the server, which need not have all that the one before had.
    assertThat(profiles.cached(far)).isNull();
    // The feed has a connection of its own: it can be back before the node calls the server so.
    TestServer.await("the user is read again", () -> loading(far).succeeded());
    assertThat(profiles.cached(far)).isNotNull();
  }

  @Test
  void look_tableEmptied_touchesOneDatabaseOnly() {
    String near = cachedUser(homeId());
    String far = cachedUser(southId());
    String neighbour = cachedUser(southId());

    users.sqlOf(far, "TRUNCATE {shard}.users");
    look(ShardDatabaseConfig.HOME);
    look(SOUTH);

    assertThat(profiles.cached(far)).isNull();
    assertThat(profiles.cached(neighbour)).isNull();
    assertThat(profiles.cached(near)).isNotNull();
  }

  @Test
  void load_beganBeforeTheShardMoved_isNotBelieved() {
    String id = users.register(homeId(), UUID.randomUUID() + "@example.org", "Ada");
    Future<CachedUser> load;
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      lock.run("LOCK TABLE {shard}.users IN ACCESS EXCLUSIVE MODE");
      load = on(() -> profiles.load(UUID.fromString(id), users.node.anonymous(), context));
      users.awaitLockWaits(1);
      users.sql(
          "INSERT INTO users.changes (user_id, version, deleted) VALUES ('%s', 0, true)"
              .formatted(Change.EVERYBODY));
      look(ShardDatabaseConfig.HOME);
      lock.rollback();
    }
    assertThat(await(load).version()).isOne();

    assertThat(profiles.cached(id)).isNull();
  }

  @Test
  void cached_shardMoved_isReadAtItsNewPlaceAndCachedFromThere() {
    String id = cachedUser(homeId());
    String near = cachedUser(TwoDatabases.id(shard -> shard < 16 && shard != shardOf(id)));
    databases.takeAway(users, shardOf(id));
    try {
      databases.bring(users, shardOf(id), id, "Eve");
      look(ShardDatabaseConfig.HOME);
      assertThat(profiles.cached(id)).isNull();
      assertThat(profiles.cached(near)).as("who stayed is read again").isNull();

      assertThat(load(id).version()).isEqualTo(7);
      // The first read had begun for the old place.
      load(id);
      assertThat(profiles.cached(id).version()).isEqualTo(7);

      users.sqlOf(id, "UPDATE {shard}.users SET name = 'Eva' WHERE id = '{id}'");
      look(SOUTH);
      assertThat(profiles.cached(id)).isNull();
      assertThat(load(id).version()).isEqualTo(8);
    } finally {
      databases.putBack(users, shardOf(id));
    }
  }

  @Test
  void cached_anotherPlacement_isDroppedWithoutAnyLook() {
    String id = cachedUser(homeId());
    try {
      databases.place(users, shardOf(id));
      TestServer.await(
          "the node reads the placement",
          () -> users.shards.placement().of(shardOf(id)).database().equals(SOUTH));

      assertThat(profiles.cached(id)).isNull();
    } finally {
      databases.putBack(users, shardOf(id));
    }
  }

  private static int shardOf(String id) {
    return Shards.of(UUID.fromString(id));
  }

  private String cachedUser(String id) {
    users.register(id, UUID.randomUUID() + "@example.org", "Ada");
    assertThat(load(id).version()).isOne();
    assertThat(profiles.cached(id)).isNotNull();
    return id;
  }

  private CachedUser load(String id) {
    return await(on(() -> profiles.load(UUID.fromString(id), users.node.anonymous(), context)));
  }

  /** A load that has ended, well or not. */
  private Future<CachedUser> loading(String id) {
    Future<CachedUser> load =
        on(() -> profiles.load(UUID.fromString(id), users.node.anonymous(), context));
    await(load.otherwiseEmpty());
    return load;
  }

  private boolean isFreshAfterALook(String database) {
    look(database);
    return profiles.feeds().get(database).isFresh();
  }

  private void look(String database) {
    await(on(() -> profiles.feeds().get(database).look()));
  }

  private <T> Future<T> on(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(now -> work.get().onComplete(done));
    return done.future();
  }
}
