package dev.starling.postgres.shards;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.failureOf;
import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.ServerFixture;
import dev.starling.postgres.SqlFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class ShardsIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final ShardSql INSERT =
      new ShardSql("INSERT INTO {shard}.things (id, name) VALUES ($1, $2)");
  private static final ShardSql COUNT = new ShardSql("SELECT count(*) FROM {shard}.things");

  private final Vertx vertx = Vertx.vertx();
  private PostgresEndpoint north;
  private PostgresEndpoint south;
  private Postgres home;
  private Shards shards;

  @BeforeEach
  void open() throws Exception {
    north = SERVER.freshDatabase();
    south = SERVER.freshDatabase();
    home = await(Postgres.start(vertx, Path.of("unused"), at(north)));
    shards = await(start(config(south)));
    await(shards.migrate("things", "classpath:db/sharded", getClass().getClassLoader()));
  }

  @AfterEach
  void close() throws Exception {
    await(shards.close());
    await(home.close());
    await(vertx.close());
  }

  @Test
  void of_manyOwners_spreadEvenly() {
    int[] counts = new int[Shards.COUNT];
    for (long i = 0; i < 32_000; i++) {
      // Version 7: the time in front, then what was drawn.
      counts[Shards.of(new UUID(0x0198_0000_0000_7000L + (i << 16), 0x8000_0000_0000_0000L | i))]++;
    }
    assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void start_firstTime_placesShardsAsConfigured() throws Exception {
    assertThat(shards.placement().of(3).database()).isEqualTo("home");
    assertThat(shards.placement().of(20).database()).isEqualTo("south");
    assertThat(query(north, "SELECT count(*) FROM shards.placement WHERE database = 'south'"))
        .isEqualTo("16");
    assertThat(query(north, "SELECT to_regclass('shard_20.things')")).isNull();
    assertThat(query(south, "SELECT to_regclass('shard_20.things')")).isEqualTo("shard_20.things");
  }

  @Test
  void transact_twoShards_eachWritesToItsDatabase() throws Exception {
    await(insert(3));
    await(insert(20));
    assertThat(query(north, "SELECT count(*) FROM shard_03.things")).isEqualTo("1");
    assertThat(query(south, "SELECT count(*) FROM shard_20.things")).isEqualTo("1");
  }

  @Test
  void migrate_again_keepsWhatIsThere() throws Exception {
    await(insert(3));
    await(shards.migrate("things", "classpath:db/sharded", getClass().getClassLoader()));
    assertThat(await(count(3))).isOne();
  }

  @Test
  void write_shardMovedMeanwhile_isRunAtItsNewPlace() throws Exception {
    execute(north, "DROP SCHEMA shard_03 CASCADE");
    Future<?> written = insert(3);
    execute(south, "CREATE SCHEMA shard_03", "CREATE TABLE shard_03.things (id uuid, name text)");
    execute(
        north, "UPDATE shards.placement SET database = 'south', epoch = epoch + 1 WHERE shard = 3");
    await(written);
    assertThat(query(south, "SELECT count(*) FROM shard_03.things")).isEqualTo("1");
    assertThat(shards.placement().of(3)).isEqualTo(new Placement.Place("south", 2));
  }

  @Test
  void write_shardStaysAway_failsUnsentAtItsLimit() throws Exception {
    execute(north, "DROP SCHEMA shard_03 CASCADE");
    SqlFailure failure = failureOf(insert(3, Duration.ofMillis(300)));
    assertThat(failure.kind()).isEqualTo(SqlFailure.Kind.UNAVAILABLE);
    assertThat(failure.message()).contains("shard_03 is not in home");
  }

  @Test
  void start_databaseTakenForAnother_isRefused() {
    PostgresEndpoint swapped = SERVER.freshDatabase();
    assertThatThrownBy(
            () ->
                await(
                    start(
                        new ShardsConfig(
                            List.of(
                                database("west", swapped, "0"), database("east", south, "1"))))))
        .hasRootCauseMessage(
            "shards.databases: the uri of east leads to %s, the database named south (expected: the uri with which it was named)"
                .formatted(south));
  }

  @Test
  void start_databaseWithShardsLeftOut_isRefused() {
    assertThatThrownBy(() -> await(start(ShardsConfig.defaults())))
        .rootCause()
        .hasMessageContaining("shards.databases: south is missing, which holds shards [16, 17,");
  }

  @Test
  void position_afterAWrite_growsAndIsReadBack() throws Exception {
    Position before = await(shards.position(20, LIMIT));
    await(insert(20));
    Position after = await(shards.position(20, LIMIT));
    assertThat(after.lsn()).isGreaterThan(before.lsn());
    assertThat(Position.parse(after.text())).isEqualTo(after);
    assertThat(Position.parse("south.0/1A")).isNull();
  }

  private Future<RowSet<Row>> insert(int shard) {
    return insert(shard, LIMIT);
  }

  private Future<RowSet<Row>> insert(int shard, Duration limit) {
    return shards.transact(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(INSERT.in(shard))
                .execute(Tuple.of(UUID.randomUUID(), "a thing")));
  }

  private Future<Long> count(int shard) {
    return shards.read(
        shard,
        LIMIT,
        connection ->
            connection
                .preparedQuery(COUNT.in(shard))
                .execute()
                .map(rows -> rows.iterator().next().getLong(0)));
  }

  private Future<Shards> start(ShardsConfig config) {
    return Shards.start(vertx, home, PostgresConfig.defaults(), config);
  }

  private static ShardsConfig config(PostgresEndpoint other) {
    return new ShardsConfig(List.of(database("south", other, "16-31")));
  }

  private static ShardDatabaseConfig database(String name, PostgresEndpoint at, String shards) {
    return new ShardDatabaseConfig(name, ServerFixture.uri(at), shards, List.of());
  }

  private static PostgresConfig at(PostgresEndpoint endpoint) {
    return PostgresConfig.defaults().at(ServerFixture.uri(endpoint));
  }
}
