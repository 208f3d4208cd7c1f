package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestServer;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code starling shards} on a cluster with two servers, one of which has a replica. */
@Timeout(240)
final class ShardsCommandIT {
  private static TestServer first;
  private static TestServer replica;
  private static TestServer second;
  private static PostgresEndpoint home;
  private static PostgresEndpoint south;

  @TempDir private static Path directory;
  private static Path file;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    first = TestServer.start();
    first.database("home");
    replica = first.replica();
    second = TestServer.start();
    home = first.existing("home");
    south = second.database("south");
    file =
        Files.writeString(
            directory.resolve("starling.yaml"),
            """
            postgres: { uri: "%s" }
            shards:
              databases:
                - { name: home, replicas: ["%s"] }
                - { name: south, uri: "%s", shards: 16-31 }
            """
                .formatted(
                    TestServer.uri(home),
                    TestServer.uri(replica.existing("home")),
                    TestServer.uri(south)));
    // As a node does when it starts with a service that has something in each shard.
    Vertx vertx = Vertx.vertx();
    PostgresConfig bounds = PostgresConfig.defaults();
    Postgres postgres =
        TestNode.await(Postgres.start(vertx, directory, bounds.at(TestServer.uri(home))));
    ShardDatabaseConfig other =
        new ShardDatabaseConfig("south", TestServer.uri(south), "16-31", List.of());
    Shards shards =
        TestNode.await(Shards.start(vertx, postgres, bounds, new ShardsConfig(List.of(other))));
    TestNode.await(
        shards.migrate("outbox", "classpath:db/outbox", ShardsCommandIT.class.getClassLoader()));
    TestNode.await(shards.close());
    TestNode.await(postgres.close());
    TestNode.await(vertx.close());
  }

  @AfterAll
  static void stop() {
    replica.close();
    second.close();
    first.close();
  }

  @Test
  void shards_text_showsDatabasesReplicasAndEveryShard() {
    assertThat(run("shards")).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("(?m)^home +1[56] shards +[0-9.]+ MiB {2}postgresql://starling:\\*{3}@")
        .containsPattern("(?m)^ {2}replica home-1 +lag [0-9.]+ s")
        .containsPattern("(?m)^shard_31 +south +1 +[0-9.]+ MiB")
        .doesNotContain(home.password());
  }

  @Test
  void shards_json_canBeReadByPrograms() throws Exception {
    assertThat(run("shards", "--output", "json")).as(err.toString()).isZero();
    JsonNode report = Json.MAPPER.readTree(out.toString());
    assertThat(report.path("shards")).hasSize(32);
    assertThat(report.at("/databases/0/name").asText()).isEqualTo("home");
    assertThat(report.at("/databases/0/replicas/0/lag_seconds").isNumber()).isTrue();
    assertThat(report.at("/shards/31/bytes").asLong()).isPositive();
  }

  @Test
  void move_thereAndBack_saysThePauseAndWhatIsLeft() throws Exception {
    assertThat(run("shards", "move", "9", "--to", "south", "--output", "json"))
        .as(err.toString())
        .isZero();
    JsonNode moved = Json.MAPPER.readTree(out.toString()).get(0);
    assertThat(moved.path("to").asText()).isEqualTo("south");
    assertThat(moved.path("pause_millis").asDouble()).isPositive();
    assertThat(moved.path("differences")).isEmpty();
    assertThat(err.toString()).contains("shard_09: home -> south", "comparing all rows");

    assertThat(run("shards", "move", "9", "--to", "home", "--drop-old"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .containsPattern("shard_09: moved from south to home: .* pause [0-9.]+ ms");
    assertThat(run("shards", "drop-moved", "9")).isZero();
    assertThat(out.toString()).contains("nothing of shard_09 is left over");
  }

  @Test
  void move_mistakes_areOneLineEach() {
    assertThat(run("shards", "move", "32", "--to", "south")).isEqualTo(2);
    assertThat(err.toString()).contains("SHARD: 32 (expected: 0..31)");
    assertThat(run("shards", "move", "1", "--to", "west")).isEqualTo(1);
    assertThat(err.toString()).contains("database west (expected one of: home, south)");
    assertThat(run("shards", "move", "1", "--to", "home")).isEqualTo(1);
    assertThat(err.toString()).contains("shard_01 is in home already");
    assertThat(run("shards", "move", "1", "--to", "south", "--max-pause", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--max-pause: 0 (expected: 1..60000)");
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = file.toString();
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(new StartFailure.Printer())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
