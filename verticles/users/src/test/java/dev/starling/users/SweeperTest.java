package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.Ownership;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SweeperTest {
  private static final Sweeper.Bound BOUND = new Sweeper.Bound(5, 4);

  private final AtomicLong nanoTime = new AtomicLong();
  private UsersNode users;
  private ChangeFeed feed;
  private Sweeper sweeper;
  private Ownership ownership;

  @BeforeEach
  void start() {
    users = UsersNode.running(0);
    feed =
        new ProfileCache(
                new UserStore(users.shards),
                users.shards,
                UsersConfig.defaults(),
                new SimpleMeterRegistry(),
                nanoTime::get)
            .feeds()
            .get(ShardDatabaseConfig.HOME);
    ownership =
        await(
            Singletons.of(users.node.scope(), users.node.vertx())
                .compose(
                    singletons -> singletons.join(Sweeper.singleton(ShardDatabaseConfig.HOME))));
    sweeper = new Sweeper(feed, true, users.clock(), Duration.ofMinutes(1), BOUND, nanoTime::get);
  }

  @AfterEach
  void stop() {
    await(ownership.leave());
    feed.release();
    users.close();
  }

  @Test
  void sweep_expiredReservations_areRemovedWithinTheBound() {
    users.sql(
        """
        INSERT INTO users.reservations (user_id, email, email_key, name, expires_at)
        SELECT gen_random_uuid(), n || '@b.org', n || '@b.org', 'A',
          '2029-12-31Z'::timestamptz + n * interval '1 hour'
        FROM generate_series(1, 48) AS n""");
    // By now, midnight included, the first 24 have expired.
    await(sweeper.sweep(ownership.term()));
    assertThat(count("users.reservations")).isEqualTo(48 - BOUND.rows() * BOUND.statements());
    await(sweeper.sweep(ownership.term()));
    assertThat(count("users.reservations")).isEqualTo(24);
    await(sweeper.sweep(ownership.term()));
    assertThat(count("users.reservations")).as("the rest has not expired").isEqualTo(24);
  }

  @Test
  void sweep_changes_areKeptForTheRetention() {
    change();
    await(feed.look());
    change();
    nanoTime.addAndGet(ChangeFeed.RETENTION.toNanos() - 1);
    await(sweeper.sweep(ownership.term()));
    assertThat(count("users.changes")).isEqualTo(2);

    nanoTime.addAndGet(1);
    await(sweeper.sweep(ownership.term()));
    assertThat(count("users.changes")).as("the second was after the look").isEqualTo(1);
  }

  @Test
  void sweep_changeOfATransactionThatWasOpenAtTheLook_isKept() {
    String id = UUID.randomUUID().toString();
    users.sqlOf(
        id,
        "INSERT INTO {shard}.users (id, email, email_key, name, created_at) VALUES ('{id}','a','a','A','2026-01-01Z')");
    try (OpenTransaction open = new OpenTransaction(users, id)) {
      await(feed.look());
      open.commit();
    }
    nanoTime.addAndGet(ChangeFeed.RETENTION.toNanos());
    await(sweeper.sweep(ownership.term()));

    assertThat(count("users.changes")).isEqualTo(1);
  }

  @Test
  void tick_withinTheInterval_sweepsOnce() {
    await(sweeper.tick(ownership));
    users.sql(
        """
        INSERT INTO users.reservations (user_id, email, email_key, name, expires_at)
        VALUES (gen_random_uuid(), 'a@b.org', 'a@b.org', 'A', '2029-01-01Z')""");
    await(sweeper.tick(ownership));
    assertThat(count("users.reservations")).isOne();

    nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
    await(sweeper.tick(ownership));
    assertThat(count("users.reservations")).isZero();
  }

  @Test
  void sweep_anotherNodeHasTakenOver_removesNothing() {
    Term term = ownership.term();
    users.sql(
        """
        INSERT INTO users.reservations (user_id, email, email_key, name, expires_at)
        VALUES (gen_random_uuid(), 'a@b.org', 'a@b.org', 'A', '2029-01-01Z')""");
    users.sql("UPDATE singletons.ownership SET owner = 'another', epoch = epoch + 1");

    await(sweeper.sweep(term));
    assertThat(count("users.reservations")).isOne();
    assertThat(term.isOver()).isTrue();
    users.sql("UPDATE singletons.ownership SET expires_at = clock_timestamp()");
  }

  @Test
  void tick_notTheOwner_doesNotSweep() {
    users.sql(
        """
        INSERT INTO users.reservations (user_id, email, email_key, name, expires_at)
        VALUES (gen_random_uuid(), 'a@b.org', 'a@b.org', 'A', '2029-01-01Z')""");
    await(ownership.leave());
    await(sweeper.tick(ownership));
    assertThat(count("users.reservations")).isOne();
  }

  private void change() {
    users.sql(
        "INSERT INTO users.changes (user_id, version, deleted) VALUES (gen_random_uuid(), 2, false)");
  }

  private long count(String table) {
    return users.sql("SELECT count(*) FROM " + table).iterator().next().getLong(0);
  }
}
