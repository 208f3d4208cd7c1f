package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.CallContext;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The cache of a node whose messages are all lost: only the feed tells it what changed. */
@Timeout(60)
class ChangeFeedTest {
  private static final Duration STALENESS = UsersConfig.defaults().cacheMaxStaleness();

  private final AtomicLong nanoTime = new AtomicLong();
  private UsersNode users;
  private Context context;
  private ProfileCache profiles;
  private ChangeFeed feed;

  @BeforeEach
  void start() {
    users = UsersNode.running(1);
    context = users.node.vertx().getOrCreateContext();
    profiles =
        new ProfileCache(
            new UserStore(users.shards),
            users.shards,
            UsersConfig.defaults(),
            new SimpleMeterRegistry(),
            nanoTime::get);
    feed = feed(profiles);
    look();
  }

  @AfterEach
  void stop() {
    feed.release();
    users.close();
  }

  @Test
  void look_change_evictsThatUserOnly() {
    String one = cachedUser();
    String other = cachedUser();

    users.sqlOf(one, "UPDATE {shard}.users SET name = 'Eve' WHERE id = '{id}'");
    assertThat(profiles.cached(one)).isNotNull();
    look();

    assertThat(profiles.cached(one)).isNull();
    assertThat(profiles.cached(other)).isNotNull();
    assertThat(load(one).version()).isEqualTo(2);
  }

  @Test
  void look_deletion_evicts() {
    String id = cachedUser();

    users.sqlOf(id, "DELETE FROM {shard}.users WHERE id = '{id}'");
    look();

    assertThat(profiles.cached(id)).isNull();
    assertThat(load(id)).isNull();
  }

  @Test
  void look_truncation_evictsEverybody() {
    String id = cachedUser();

    users.sqlOf(id, "TRUNCATE {shard}.users");
    look();

    assertThat(profiles.cached(id)).isNull();
  }

  @Test
  void look_rolledBackChange_evictsNothing() {
    String id = cachedUser();
    try (OpenTransaction change = new OpenTransaction(users, id)) {
      look();
      change.rollback();
      look();
    }
    assertThat(profiles.cached(id)).isNotNull();
  }

  @Test
  void look_transactionsCommitInAnotherOrderThanTheyBegan_missesNone() {
    String early = cachedUser();
    String late = cachedUser();
    try (OpenTransaction first = new OpenTransaction(users, early)) {
      users.sqlOf(late, "UPDATE {shard}.users SET name = 'Eve' WHERE id = '{id}'");
      look();
      assertThat(profiles.cached(late)).isNull();
      assertThat(profiles.cached(early)).as("not committed yet").isNotNull();

      first.commit();
      look();
      assertThat(profiles.cached(early)).isNull();
    }
  }

  @Test
  void look_changeSeenBefore_isNotSeenAgain() {
    String id = cachedUser();
    String other = cachedUser();
    try (OpenTransaction open = new OpenTransaction(users, other)) {
      // An open transaction keeps the horizon where it is; what was committed since is old news.
      users.sqlOf(id, "DELETE FROM {shard}.users WHERE id = '{id}'");
      look();
      users.sqlOf(
          id,
          "INSERT INTO {shard}.users (id, email, email_key, name, created_at) VALUES ('{id}','a','a','A','2026-01-01Z')");
      load(id);
      look();
      assertThat(profiles.cached(id)).isNotNull();
      open.rollback();
    }
  }

  @Test
  void look_moreChangesThanItReads_evictsEverybody() {
    String id = cachedUser();

    users.sql(
        """
        INSERT INTO users.changes (user_id, version, deleted)
        SELECT gen_random_uuid(), 2, false FROM generate_series(1, %d)"""
            .formatted(ChangeFeed.MAX_CHANGES + 1));
    look();
    assertThat(profiles.cached(id)).isNull();

    load(id);
    look();
    assertThat(profiles.cached(id)).isNotNull();
  }

  @Test
  void cached_feedOlderThanTheBound_isBypassedUntilTheNextLook() {
    String id = cachedUser();
    nanoTime.addAndGet(STALENESS.toNanos());
    assertThat(profiles.cached(id)).isNotNull();

    nanoTime.addAndGet(1);
    assertThat(profiles.cached(id)).isNull();

    look();
    assertThat(profiles.cached(id)).as("nothing was changed meanwhile").isNotNull();
  }

  @Test
  void cached_beforeTheFirstLook_isBypassed() {
    ProfileCache fresh =
        new ProfileCache(
            new UserStore(users.shards),
            users.shards,
            UsersConfig.defaults(),
            new SimpleMeterRegistry(),
            nanoTime::get);
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    await(on(() -> fresh.load(UUID.fromString(id), patient(), context)));
    assertThat(fresh.cached(id)).isNull();

    await(on(() -> feed(fresh).look()));
    // Who knows what happened between that read and the first look.
    assertThat(fresh.cached(id)).isNull();
    await(on(() -> fresh.load(UUID.fromString(id), patient(), context)));
    assertThat(fresh.cached(id)).isNotNull();
    feed(fresh).release();
  }

  @Test
  void look_connectionLost_failsThenCatchesUp() {
    String changed = cachedUser();
    String untouched = cachedUser();
    // One query: a second one might be given a connection whose end the pool has not seen yet.
    users.sqlOf(
        changed,
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND application_name = 'starling';
        UPDATE {shard}.users SET name = 'Eve' WHERE id = '{id}'""");
    nanoTime.addAndGet(STALENESS.toNanos() + 1);
    // The first look may still use the dead connection.
    while (!feed.isFresh()) {
      look();
    }
    assertThat(profiles.cached(changed)).isNull();
    assertThat(profiles.cached(untouched)).isNotNull();
  }

  @Test
  void look_poolExhausted_stillWorks() {
    List<SqlConnection> taken = new ArrayList<>();
    try {
      // All but the one that the feed has, and the one of the service's own feed.
      for (int i = 0; i < UsersNode.POOL_SIZE - 2; i++) {
        taken.add(await(users.shards.home().pool().getConnection()));
      }
      nanoTime.addAndGet(STALENESS.toNanos() + 1);
      look();
      assertThat(feed.isFresh()).isTrue();
    } finally {
      taken.forEach(connection -> await(connection.close()));
    }
  }

  @Test
  void load_concurrent_readsTheDatabaseOnce() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      lock.run("LOCK TABLE {shard}.users IN ACCESS EXCLUSIVE MODE");
      List<Future<CachedUser>> loads = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        loads.add(on(() -> profiles.load(UUID.fromString(id), patient(), context)));
      }
      users.awaitLockWaits(1);
      assertThat(users.waitingStatements()).hasSize(1);
      lock.rollback();
      CachedUser first = await(loads.get(0));
      assertThat(loads).allMatch(load -> await(load) == first);
    }
  }

  @Test
  void feed_gapOrOtherServer_isBroken() {
    var at = java.time.Instant.parse("2026-01-01T00:00:00Z");
    var before = new Changes.Position("10:12:", "10", at, at);

    assertThat(ChangeFeed.isBroken(before, new Changes.Position("11:12:", "11", at, at))).isFalse();
    assertThat(
            ChangeFeed.isBroken(
                before, new Changes.Position("11:12:", "11", at.plusSeconds(1), at)))
        .isTrue();
    assertThat(
            ChangeFeed.isBroken(
                before, new Changes.Position("11:12:", "11", at, at.plus(ChangeFeed.RETENTION))))
        .isTrue();
  }

  private static ChangeFeed feed(ProfileCache cache) {
    return cache.feeds().get(ShardDatabaseConfig.HOME);
  }

  private String cachedUser() {
    String id = users.register(UUID.randomUUID() + "@example.org", "Ada");
    assertThat(load(id).version()).isOne();
    assertThat(profiles.cached(id)).isNotNull();
    return id;
  }

  private CachedUser load(String id) {
    return await(on(() -> profiles.load(UUID.fromString(id), patient(), context)));
  }

  private void look() {
    await(on(feed::look));
  }

  private CallContext patient() {
    return users.node.anonymous();
  }

  private <T> Future<T> on(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(now -> work.get().onComplete(done));
    return done.future();
  }
}
