package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.testkit.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node whose shards are on two servers, one of which is not there. */
@Timeout(180)
class AbsentDatabaseIT {
  private static TestServer first;
  private static TestServer second;
  private static int databases;

  private final Vertx vertx = Vertx.vertx();
  private PostgresEndpoint south;
  private Postgres home;

  @BeforeAll
  static void startServers() {
    first = TestServer.start();
    second = TestServer.start();
  }

  @AfterAll
  static void stopServers() {
    second.close();
    first.close();
  }

  @BeforeEach
  void open() {
    databases++;
    south = second.database("south_" + databases);
    home = Things.open(vertx, first.database("home_" + databases));
  }

  @AfterEach
  void close() {
    await(home.close());
    await(vertx.close());
    second.restart();
  }

  @Test
  void start_databaseDown_servesTheOthersAndThatOneWhenItIsThere() {
    second.kill();
    Shards shards = start();
    await(Things.migrate(shards));
    await(Things.insert(shards, 3, "served"));

    SqlFailure refused = Things.failureOf(Things.insert(shards, 20, "refused"));
    assertThat(refused.kind()).isEqualTo(SqlFailure.Kind.UNAVAILABLE);
    assertThat(shards.note()).startsWith("database south is away: shards [16, 17,");

    second.restart();
    TestServer.await("south is back", () -> shards.note().isEmpty());
    await(Things.insert(shards, 20, "served"));
    assertThat(query(south, "SELECT count(*) FROM shard_31.things")).isEqualTo("0");
    assertThat(query(south, "SELECT name FROM shard_host.label")).isEqualTo("south");
    await(shards.close());
  }

  @Test
  void migrate_databaseLostMeanwhile_isDoneBeforeItIsUsedAgain() {
    Shards shards = start();
    second.kill();
    TestServer.await("the loss is noticed", () -> !shards.note().isEmpty());
    await(Things.migrate(shards));
    assertThat(await(Things.count(shards, 3))).isZero();

    second.restart();
    TestServer.await("south is back", () -> shards.note().isEmpty());
    assertThat(await(Things.count(shards, 20))).isZero();
    await(shards.close());
  }

  @Test
  void databaseLost_othersAreServedAndMetricsSayWhich() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Shards shards = start();
    home.bindTo(meters, "home");
    shards.bindTo(meters);
    await(Things.migrate(shards));
    second.freeze();
    try {
      TestServer.await("the loss is noticed", () -> !shards.note().isEmpty());
      assertThat(reachable(meters, "south")).isZero();
      assertThat(reachable(meters, "home")).isEqualTo(1);
      await(Things.insert(shards, 3, "served"));
    } finally {
      second.thaw();
    }
    TestServer.await("south is back", () -> shards.note().isEmpty());
    await(Things.insert(shards, 20, "served"));
    await(shards.close());
  }

  @Test
  void start_wrongPassword_isRefusedAtOnce() {
    String uri = TestServer.uri(south).replaceFirst(":[^:@]+@", ":wrong@");
    assertThatThrownBy(
            () -> Things.start(vertx, home, new ShardDatabaseConfig("south", uri, "1", List.of())))
        .hasMessageContaining("password authentication failed");
  }

  private Shards start() {
    return Things.start(
        vertx, home, new ShardDatabaseConfig("south", TestServer.uri(south), "16-31", List.of()));
  }

  private static double reachable(SimpleMeterRegistry meters, String database) {
    return meters.get("postgres.primary.reachable").tag("database", database).gauge().value();
  }
}
