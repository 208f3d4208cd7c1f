package dev.starling.postgres.shards;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.Migrations;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.PostgresException;
import dev.starling.postgres.ServerFixture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class ShardMigrationsIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  private static final List<Integer> ALL = IntStream.range(0, Shards.COUNT).boxed().toList();

  private final Vertx vertx = Vertx.vertx();
  private final ShardMigrations migrations = new ShardMigrations(vertx);
  private PostgresEndpoint database;
  private Postgres postgres;

  @BeforeEach
  void open() throws Exception {
    database = SERVER.freshDatabase();
    postgres =
        await(
            Postgres.start(
                vertx,
                Path.of("unused"),
                PostgresConfig.defaults().at(ServerFixture.uri(database))));
  }

  @AfterEach
  void close() throws Exception {
    await(migrations.close());
    await(postgres.close());
    await(vertx.close());
  }

  @Test
  void run_emptyDatabase_givesEveryShardTheTablesAndTheHistory() throws Exception {
    await(migrate("classpath:db/sharded-2"));
    for (int shard : ALL) {
      String schema = Shards.schema(shard);
      assertThat(query(database, "SELECT " + schema + ".note_count()")).isEqualTo("0");
      assertThat(history(schema)).isEqualTo(history("shard_00")).startsWith("1:things:");
    }
  }

  @Test
  void run_again_changesNothing() throws Exception {
    await(migrate("classpath:db/sharded-2"));
    String before = whatIsThere();
    await(migrate("classpath:db/sharded-2"));
    assertThat(whatIsThere()).isEqualTo(before);
  }

  @Test
  void run_shardsBehind_getWhatIsMissing() throws Exception {
    await(migrate("classpath:db/sharded"));
    execute(database, "INSERT INTO shard_07.things VALUES (gen_random_uuid(), 'kept')");
    await(migrate("classpath:db/sharded-2"));
    assertThat(history("shard_07")).isEqualTo(history("shard_00")).contains("2:notes:");
    assertThat(query(database, "SELECT name FROM shard_07.things")).isEqualTo("kept");
  }

  @Test
  void run_afterwards_flywayGoesOnFromEveryHistory() throws Exception {
    await(migrate("classpath:db/sharded"));
    for (String schema : List.of("shard_00", "shard_31")) {
      assertThat(
              Migrations.runPart(
                  database,
                  schema,
                  "flyway_things",
                  "classpath:db/sharded-2",
                  getClass().getClassLoader()))
          .isEqualTo(new Migrations.Migrated(1, "2"));
    }
    await(migrate("classpath:db/sharded-2"));
    assertThat(history("shard_31")).isEqualTo(history("shard_15"));
  }

  @Test
  void run_shardWithAnotherPast_isRefusedByName() throws Exception {
    await(migrate("classpath:db/sharded"));
    execute(database, "UPDATE shard_09.flyway_things SET checksum = 1 WHERE version = '1'");
    assertThatThrownBy(() -> await(migrate("classpath:db/sharded-2")))
        .rootCause()
        .hasMessageContaining("checksum mismatch");
    assertThatThrownBy(() -> await(migrate("classpath:db/sharded-2")))
        .cause()
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("schema shard_09 from classpath:db/sharded-2");
  }

  @Test
  void run_tablesOfAnotherServiceInTheWay_areRefusedAndLeftAlone() throws Exception {
    execute(database, "CREATE SCHEMA shard_30", "CREATE TABLE shard_30.things (mine int)");
    assertThatThrownBy(() -> await(migrate("classpath:db/sharded")))
        .cause()
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("shard_30")
        .hasMessageContaining("already exists");
    assertThat(query(database, "SELECT count(mine) FROM shard_30.things")).isEqualTo("0");
    assertThat(history("shard_29")).startsWith("1:things:");
  }

  @Test
  void run_fourNodesAtOnce_allSucceed() throws Exception {
    await(
        Future.all(
            IntStream.range(0, 4).mapToObj(node -> migrate("classpath:db/sharded-2")).toList()));
    assertThat(history("shard_31")).isEqualTo(history("shard_00"));
  }

  private Future<Void> migrate(String location) {
    return migrations.run(
        postgres, ALL, new ShardMigration("things", location, getClass().getClassLoader()));
  }

  /** Every relation of the shards with the transaction that changed its description last. */
  private String whatIsThere() throws Exception {
    return query(
        database,
        """
        SELECT string_agg(oid::regclass || ':' || xmin, ' ' ORDER BY oid)
        FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'shard%'""");
  }

  private String history(String schema) throws Exception {
    return query(
        database,
        """
        SELECT string_agg(
          version || ':' || description || ':' || script || ':' || checksum || ':' || type,
          ' ' ORDER BY installed_rank)
        FROM %s.flyway_things WHERE type = 'SQL' AND success"""
            .formatted(schema));
  }
}
