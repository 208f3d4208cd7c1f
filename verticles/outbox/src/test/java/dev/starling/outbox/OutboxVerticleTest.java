package dev.starling.outbox;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.Migrations;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxEvent;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Relays that run by themselves. */
@Timeout(180)
class OutboxVerticleTest {
  private static final int SHARDS = 8;
  private static final int AGGREGATES = 40;
  private static final int EVENTS_EACH = 10;

  @Test
  void append_relayAsleep_isDeliveredLongBeforeItWouldLook() {
    try (OutboxNode node = node()) {
      node.node.settings().putObject("outbox").put("poll-interval", "60s");
      node.consumer("mail", OutboxNode.recording("mail"));
      node.node.deploy(new OutboxVerticle());
      TestServer.await("asleep", () -> sleeping(node) == 4);

      node.append(3, node.event("a"));
      TestServer.await("delivered", () -> node.open(3) == 0);
      assertThat(node.effects(3, "mail")).isEqualTo("a");

      TestServer.await("asleep again", () -> sleeping(node) == 4);
      node.append(3, node.event("b"));
      TestServer.await("delivered", () -> node.open(3) == 0);
    }
  }

  @Test
  void listen_connectionLost_isMadeAgainAndNothingIsLost() {
    try (OutboxNode node = node()) {
      node.node.settings().putObject("outbox").put("poll-interval", "200ms");
      node.consumer("mail", OutboxNode.recording("mail"));
      node.node.deploy(new OutboxVerticle());
      TestServer.await("asleep", () -> sleeping(node) == 4);

      node.text(
          3,
          "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"
              + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
      node.append(3, node.event("a"));

      TestServer.await("delivered", () -> node.open(3) == 0);
      TestServer.await("asleep again", () -> sleeping(node) == 4);
    }
  }

  @Test
  void undeploy_running_givesItsRangesUp() {
    try (OutboxNode node = node()) {
      String id = node.node.deploy(new OutboxVerticle());
      TestServer.await("owner of all", () -> owned(node) == 4);
      node.node.undeploy(id);
      assertThat(owned(node)).isZero();
      assertThat(sleeping(node)).isZero();
    }
  }

  @Test
  void shardMoves_relayOfItsNewDatabaseGoesOn() {
    Postgres[] south = new Postgres[1];
    try (OutboxNode node = new OutboxNode(North.class, before -> south(before, south))) {
      node.node.settings().putObject("outbox").put("poll-interval", "50ms");
      node.consumer("mail", OutboxNode.recording("mail"));
      node.node.deploy(new OutboxVerticle());
      node.append(3, node.event("before"));
      TestServer.await("delivered", () -> node.open(3) == 0);

      move(node, 3, south[0].endpoint());
      node.append(3, node.event("after"));

      TestServer.await("delivered there", () -> node.open(3) == 0);
      assertThat(node.shards.placement().of(3).database()).isEqualTo("south");
      assertThat(node.effects(3, "mail")).isEqualTo("after");
    }
  }

  @Test
  void relaysCutDownAgainAndAgain_everyEventHasItsEffectOnceAndInOrder() {
    try (OutboxNode node = node()) {
      node.node
          .settings()
          .putObject("outbox")
          .put("poll-interval", "50ms")
          .put("batch-events", 3)
          .put("first-retry", "20ms")
          .put("longest-pause", "100ms");
      node.consumer("mail", OutboxNode.recording("mail"));
      node.consumer("points", OutboxNode.recording("points"));
      int written = write(node);

      String relay = node.node.deploy(new OutboxVerticle());
      for (int cut = 1; cut <= 4; cut++) {
        long target = (long) written * cut / 5;
        TestServer.await("some delivered", () -> written - open(node) >= target);
        if (cut % 2 == 0) {
          node.node.undeploy(relay);
          relay = node.node.deploy(new OutboxVerticle());
        } else {
          // As if another node had been the owner for a moment, while this one stood still.
          OutboxNode.run(
              node.home,
              "UPDATE singletons.ownership SET owner = 'another', epoch = epoch + 1,"
                  + " expires_at = clock_timestamp() + interval '50 milliseconds'");
        }
      }

      TestServer.await("all delivered", () -> open(node) == 0);
      for (String consumer : List.of("mail", "points")) {
        assertThat(sum(node, "count(*)", consumer)).isEqualTo(written);
        assertThat(sum(node, "count(DISTINCT event)", consumer)).isEqualTo(written);
        assertThat(disorder(node, consumer)).isZero();
      }
    }
  }

  /** So many events of each aggregate, one transaction after the other. */
  private static int write(OutboxNode node) {
    int written = 0;
    for (int turn = 0; turn < EVENTS_EACH; turn++) {
      for (int shard = 0; shard < SHARDS; shard++) {
        List<OutboxEvent> events = new ArrayList<>();
        for (int aggregate = 0; aggregate < AGGREGATES / SHARDS; aggregate++) {
          events.add(node.event("order/" + shard + "/" + aggregate));
        }
        node.append(shard, events.toArray(OutboxEvent[]::new));
        written += events.size();
      }
    }
    return written;
  }

  private static long open(OutboxNode node) {
    long open = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      open += node.open(shard);
    }
    return open;
  }

  private static long sum(OutboxNode node, String what, String consumer) {
    long sum = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      sum +=
          node.number(
              shard,
              "SELECT %s FROM {shard}.effects WHERE consumer = '%s'".formatted(what, consumer));
    }
    return sum;
  }

  /** Effects that are not at the place of their event in the aggregate. */
  private static long disorder(OutboxNode node, String consumer) {
    long sum = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      sum +=
          node.number(
              shard,
              """
              SELECT count(*) FROM (
                SELECT row_number() OVER (PARTITION BY effect.aggregate ORDER BY n) AS had,
                  row_number() OVER (PARTITION BY effect.aggregate ORDER BY seq) AS wrote
                FROM {shard}.effects AS effect JOIN {shard}.outbox AS written
                  ON written.id = effect.event
                WHERE effect.consumer = '%s') AS each
              WHERE had <> wrote"""
                  .formatted(consumer));
    }
    return sum;
  }

  private static OutboxNode node() {
    OutboxNode node = new OutboxNode(OutboxVerticleTest.class);
    await(Singletons.of(node.node.scope(), node.node.vertx()));
    OutboxNode.run(node.home, "DELETE FROM singletons.ownership");
    return node;
  }

  /** Names the home database from which a shard moves. */
  private static final class North {}

  /** Names a second database, which holds nothing at first. */
  private static final class South {}

  private static ShardsConfig south(TestNode node, Postgres[] opened) {
    opened[0] = TestDatabase.provide(node, South.class);
    PostgresEndpoint at = opened[0].endpoint();
    String uri =
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(at.user(), at.password(), at.host(), at.port(), at.database());
    return new ShardsConfig(List.of(new ShardDatabaseConfig("south", uri, "", List.of())));
  }

  /** Without what is in it; moves themselves are tested with the shards. */
  private static void move(OutboxNode node, int shard, PostgresEndpoint to) {
    String schema = Shards.schema(shard);
    OutboxNode.run(node.home, "ALTER SCHEMA " + schema + " RENAME TO moved_away");
    Migrations.runPart(
        to, schema, "flyway_outbox", "classpath:db/outbox", Outbox.class.getClassLoader());
    OutboxNode.run(
        node.shards.databases().get("south").primary(),
        "CREATE TABLE %s.effects (n bigint GENERATED ALWAYS AS IDENTITY, consumer text, event uuid, aggregate text)"
            .formatted(schema));
    OutboxNode.run(
        node.home,
        "UPDATE shards.placement SET database = 'south', epoch = epoch + 1 WHERE shard = " + shard);
    TestServer.await(
        "the node knows", () -> node.shards.placement().of(shard).database().equals("south"));
  }

  /** Relays that the writers of events would wake. */
  private static long sleeping(OutboxNode node) {
    return node.number(
        9,
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1869968482"
            + " AND mode = 'ExclusiveLock' AND granted"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  }

  private static long owned(OutboxNode node) {
    return node.number(
        9,
        "SELECT count(*) FROM singletons.ownership WHERE name LIKE 'outbox.relay.%'"
            + " AND expires_at > clock_timestamp()");
  }
}
