package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Reads that may be a little behind, with a real streaming replica. */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicaIT {
  private static final Freshness RELAXED = Freshness.within(Duration.ofSeconds(5));
  private static final int SHARD = 7;

  private static TestServer server;
  private static TestServer replica;
  private static int databases;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private PostgresEndpoint primary;
  private PostgresEndpoint secondary;
  private Postgres home;
  private Shards shards;

  @BeforeAll
  static void startServers() {
    server = TestServer.start();
    replica = server.replica();
  }

  @AfterAll
  static void stopServers() {
    replica.close();
    server.close();
  }

  @BeforeEach
  void open() {
    databases++;
    primary = server.database("home_" + databases);
    secondary = replica.existing("home_" + databases);
    home = Things.open(vertx, primary);
    shards =
        Things.start(
            vertx,
            home,
            new ShardDatabaseConfig("home", "", "", List.of(TestServer.uri(secondary))));
    shards.bindTo(meters);
    await(Things.migrate(shards));
    TestServer.await("the replica is read", this::replicaIsRead);
  }

  @AfterEach
  void close() {
    await(shards.close());
    await(home.close());
    await(vertx.close());
    replica.restart();
  }

  @Test
  void read_latest_asksThePrimary() {
    assertThat(await(Things.answering(shards, SHARD, Freshness.LATEST))).isEqualTo(primary.port());
  }

  @Test
  void read_ownWrite_isSeenHoweverStaleItMayBe() {
    replica.asSuperuser("SELECT pg_wal_replay_pause()");
    await(Things.insert(shards, SHARD, "mine"));
    Position mine = await(shards.position(SHARD, Things.LIMIT));
    assertThat(await(Things.count(shards, SHARD, RELAXED.after(mine)))).isOne();

    replica.asSuperuser("SELECT pg_wal_replay_resume()");
    TestServer.await(
        "the replica answers the writer too",
        () -> await(Things.answering(shards, SHARD, RELAXED.after(mine))) == secondary.port());
    assertThat(await(Things.count(shards, SHARD, RELAXED.after(mine)))).isOne();
  }

  @Test
  void read_positionOfAnotherDatabase_asksThePrimary() {
    assertThat(await(Things.answering(shards, SHARD, RELAXED.after(new Position("elsewhere", 1)))))
        .isEqualTo(primary.port());
  }

  @Test
  void read_replicaFallsBehind_asksThePrimaryAndTheLagIsShown() {
    replica.asSuperuser("SELECT pg_wal_replay_pause()");
    Duration bound = Duration.ofSeconds(2);
    await(Things.insert(shards, SHARD, "not replayed"));
    TestServer.await(
        "the replica is too far behind",
        () -> await(Things.answering(shards, SHARD, Freshness.within(bound))) == primary.port());
    TestServer.await("the lag is shown", () -> lagSeconds() > bound.toSeconds());
    assertThat(await(Things.count(shards, SHARD, Freshness.within(bound)))).isOne();

    replica.asSuperuser("SELECT pg_wal_replay_resume()");
    TestServer.await("the replica is read again", this::replicaIsRead);
    TestServer.await("the lag is gone", () -> lagSeconds() < bound.toSeconds());
  }

  @Test
  void read_replicaKilled_isAnsweredByThePrimary() {
    replica.kill();
    for (int i = 0; i < 100; i++) {
      assertThat(await(Things.count(shards, SHARD, RELAXED))).isZero();
    }
    replica.restart();
    TestServer.await("the replica is read again", this::replicaIsRead);
  }

  @Test
  void read_replicaSilent_isAnsweredByThePrimaryWithinTheLimit() {
    replica.freeze();
    try {
      assertThat(await(Things.count(shards, SHARD, RELAXED))).isZero();
    } finally {
      replica.thaw();
    }
    TestServer.await("the replica is read again", this::replicaIsRead);
  }

  /** The last, since the servers have no replica then. */
  @Test
  @Order(Integer.MAX_VALUE)
  void read_replicaPromoted_isReadNoMore() {
    replica.promote();
    TestServer.await("the promotion is noticed", () -> Double.isNaN(lagSeconds()));
    await(Things.insert(shards, SHARD, "on the primary"));
    assertThat(await(Things.answering(shards, SHARD, RELAXED))).isEqualTo(primary.port());
    assertThat(await(Things.count(shards, SHARD, RELAXED))).isOne();
  }

  @Test
  void read_moreThanAReplicaMay_isDoneByThePrimary() {
    String named =
        await(
            shards.read(
                SHARD,
                RELAXED,
                Things.LIMIT,
                connection ->
                    connection
                        .query("CREATE TEMPORARY TABLE scratch (id int)")
                        .execute()
                        .map(made -> "made")));
    assertThat(named).isEqualTo("made");
  }

  private boolean replicaIsRead() {
    return await(Things.answering(shards, SHARD, RELAXED)) == secondary.port();
  }

  private double lagSeconds() {
    return meters
        .get("postgres.replica.lag")
        .tag("database", "home")
        .tag("replica", "home-1")
        .gauge()
        .value();
  }
}
