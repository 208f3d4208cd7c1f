package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.testkit.TestServer.execute;
import static dev.starling.testkit.TestServer.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.PostgresException;
import dev.starling.postgres.shards.MovedShards;
import dev.starling.postgres.shards.Placement;
import dev.starling.postgres.shards.ShardCluster;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.ShardMove;
import dev.starling.postgres.shards.ShardReport;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shard that goes from one server to another while it is used. */
@Timeout(240)
class ShardMoveIT {
  private static final int SHARD = 5;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static TestServer first;
  private static TestServer second;
  private static int databases;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> said = new ArrayList<>();
  private PostgresEndpoint north;
  private PostgresEndpoint south;
  private ShardsConfig config;
  private Postgres home;
  private Shards shards;
  private ShardCluster cluster;

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
    north = first.database("home_" + databases);
    south = second.database("south_" + databases);
    config =
        new ShardsConfig(
            List.of(new ShardDatabaseConfig("south", TestServer.uri(south), "16-31", List.of())));
    home = Things.open(vertx, north);
    shards = await(Shards.start(vertx, home, PostgresConfig.defaults(), config));
    await(Ledger.migrate(shards));
    cluster =
        ShardCluster.open(
            Path.of("unused"), PostgresConfig.defaults().at(TestServer.uri(north)), config);
  }

  @AfterEach
  void close() {
    cluster.close();
    await(shards.close());
    await(home.close());
    await(vertx.close());
  }

  @Test
  void run_whileWritten_losesAndDoublesNothingAndFailsNobody() {
    Ledger ledger = new Ledger(shards, SHARD);
    await(ledger.fill(2_000));
    ledger.write(vertx);
    ShardMove.Moved moved = move(line -> {}).run(SHARD, "south");
    await(ledger.stop());

    assertThat(ledger.failures()).isEmpty();
    assertThat(ledger.confirmed()).isGreaterThan(2_000);
    assertThat(moved.differences()).isEmpty();
    assertThat(moved.epoch()).isEqualTo(2);
    assertThat(shards.placement().of(SHARD)).isEqualTo(new Placement.Place("south", 2));
    ledger.checkIn(south);
    assertThat(query(north, "SELECT to_regnamespace('shard_05')")).isEqualTo("null");
    assertThat(query(north, "SELECT count(*) > 0 FROM shard_05_moved_1.entries")).isEqualTo("t");
    assertNothingIsLeft();
  }

  @Test
  void run_thereAndBack_isWhereItWas() {
    Ledger ledger = new Ledger(shards, SHARD);
    await(ledger.fill(100));
    ShardMove move = move(line -> {});
    move.run(SHARD, "south");
    await(ledger.fill(100));
    ShardMove.Moved back = move.run(SHARD, "home");
    await(ledger.fill(100));

    assertThat(back.epoch()).isEqualTo(3);
    ledger.checkIn(north);
    assertThat(MovedShards.drop(cluster, SHARD))
        .containsExactly("shard_05_moved_1 in home", "shard_05_moved_2 in south");
    ledger.checkIn(north);
    assertNothingIsLeft();
  }

  @Test
  void run_betweenDatabasesOfOneServer_works() {
    PostgresEndpoint east = first.database("east_" + databases);
    ShardsConfig more =
        new ShardsConfig(
            List.of(
                config.databases().get(0),
                new ShardDatabaseConfig("east", TestServer.uri(east), "", List.of())));
    Ledger ledger = new Ledger(shards, SHARD);
    await(ledger.fill(100));
    await(await(Shards.start(vertx, home, PostgresConfig.defaults(), more)).close());
    try (ShardCluster wider =
        ShardCluster.open(
            Path.of("unused"), PostgresConfig.defaults().at(TestServer.uri(north)), more)) {
      new ShardMove(wider, getClass().getClassLoader(), PAUSE, said::add).run(SHARD, "east");
    }
    ledger.checkIn(east);
  }

  @Test
  void run_interrupted_leavesTheSourceServing() {
    Ledger ledger = new Ledger(shards, SHARD);
    await(ledger.fill(500));
    AtomicReference<ShardMove> running = new AtomicReference<>();
    ShardMove move =
        move(
            line -> {
              if (line.contains("comparing")) {
                running.get().cancel();
              }
            });
    running.set(move);
    assertThatThrownBy(() -> move.run(SHARD, "south"))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("interrupted");

    await(ledger.fill(10));
    ledger.checkIn(north);
    assertThat(query(south, "SELECT to_regnamespace('shard_05')")).isEqualTo("null");
    assertNothingIsLeft();
    move(line -> {}).run(SHARD, "south");
    ledger.checkIn(south);
  }

  @Test
  void run_rowThatOnlyTheTargetHas_isFoundAndUndone() {
    Ledger ledger = new Ledger(shards, SHARD);
    await(ledger.fill(500));
    ShardMove move =
        move(
            line -> {
              if (line.startsWith("4 of 4 tables")) {
                execute(south, "UPDATE shard_05.accounts SET balance = balance + 1 WHERE id = 3");
              }
            });
    assertThatThrownBy(() -> move.run(SHARD, "south"))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("the copy differs: accounts: 10 rows, checksum");

    await(ledger.fill(10));
    ledger.checkIn(north);
    assertNothingIsLeft();
  }

  @Test
  void run_formerMoveCutOffAtEveryPoint_isClearedAwayFirst() {
    Ledger ledger = new Ledger(shards, SHARD);
    await(ledger.fill(100));
    // As a process leaves it that was killed after the schema had got its other name.
    execute(
        north,
        "CREATE TABLE shard_05.shard_move (mark uuid PRIMARY KEY)",
        "CREATE PUBLICATION starling_shard_05 FOR TABLE shard_05.accounts",
        "SELECT pg_create_logical_replication_slot('starling_' || oid || '_shard_05', 'pgoutput')"
            + " FROM pg_database WHERE datname = current_database()",
        "ALTER SCHEMA shard_05 RENAME TO shard_05_moved_1");
    execute(south, "CREATE SCHEMA shard_05", "CREATE TABLE shard_05.half (id int)");

    ShardMove.Moved moved = move(line -> {}).run(SHARD, "south");
    assertThat(moved.differences()).isEmpty();
    assertThat(said)
        .contains(
            "shard_05 is served by home again",
            "removed the unfinished copy of shard_05 from south");
    ledger.checkIn(south);
    assertNothingIsLeft();
  }

  @Test
  void run_twoAtOnce_theSecondIsRefused() {
    AtomicReference<Throwable> second = new AtomicReference<>();
    move(line -> {
          if (line.contains("comparing")) {
            try {
              move(other -> {}).run(6, "south");
            } catch (PostgresException e) {
              second.set(e);
            }
          }
        })
        .run(SHARD, "south");
    assertThat(second.get()).hasMessage("another shard is being moved (expected: one at a time)");
  }

  @Test
  void run_mistakes_areRefusedInOneLine() {
    assertThatThrownBy(() -> move(line -> {}).run(SHARD, "sauth"))
        .hasMessage("database sauth (expected one of: home, south)");
    execute(south, "DROP SCHEMA shard_host CASCADE");
    assertThatThrownBy(() -> move(line -> {}).run(SHARD, "south"))
        .hasMessage("no node has used south yet (expected: all nodes started with its entry)");
    execute(
        south,
        "CREATE SCHEMA shard_host",
        "CREATE TABLE shard_host.label (name text NOT NULL)",
        "INSERT INTO shard_host.label VALUES ('south')");
    assertThatThrownBy(() -> move(line -> {}).run(SHARD, "home"))
        .hasMessage("shard_05 is in home already");
    execute(north, "CREATE TABLE shard_05.notes (text text)");
    assertThatThrownBy(() -> move(line -> {}).run(SHARD, "south"))
        .hasMessageContaining("tables of shard_05 without a primary key: [notes]");
    assertNothingIsLeft();
  }

  @Test
  void report_afterAMove_showsPlacesSizesAndWhatIsLeft() {
    move(line -> {}).run(SHARD, "south");
    ShardReport report = ShardReport.of(cluster);
    assertThat(report.shards().get(SHARD).database()).isEqualTo("south");
    assertThat(report.shards().get(SHARD).epoch()).isEqualTo(2);
    assertThat(report.shards()).allMatch(shard -> shard.bytes() > 0);
    assertThat(report.leftOver())
        .extracting(ShardReport.LeftOverRow::schema, ShardReport.LeftOverRow::database)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("shard_05_moved_1", "home"));
    assertThat(report.toText())
        .contains("shard_05   south                2")
        .contains("left over: shard_05_moved_1 in home");
  }

  private ShardMove move(Consumer<String> watch) {
    return new ShardMove(
        cluster,
        getClass().getClassLoader(),
        PAUSE,
        line -> {
          said.add(line);
          watch.accept(line);
        });
  }

  private void assertNothingIsLeft() {
    for (PostgresEndpoint database : List.of(north, south)) {
      assertThat(
              query(
                  database,
                  """
                  SELECT (SELECT count(*) FROM pg_publication)
                    + (SELECT count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
                      WHERE d.datname = current_database())
                    + (SELECT count(*) FROM pg_replication_slots
                      WHERE database = current_database())
                    + (SELECT count(*) FROM pg_class WHERE relname = 'shard_move')"""))
          .isEqualTo("0");
    }
  }
}
