package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.awaitUntil;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.failureOf;
import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.FencedWrite.Written;
import dev.starling.postgres.SqlFailure.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that is cut off from its database by a network that does not say so. */
@Timeout(90)
class UnreachableIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  /** What a statement sent into the cut waits; a caller's deadline. */
  private static final Duration SHORT = Duration.ofMillis(500);

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String INSERT = "INSERT INTO effects VALUES (1)";

  private final Vertx vertx = Vertx.vertx();
  private PostgresEndpoint database;
  private StallingProxy network;
  private Postgres postgres;

  @BeforeEach
  void open() throws Exception {
    database = SERVER.freshDatabase();
    execute(database, "CREATE TABLE effects (id int)");
    network = new StallingProxy(database.port());
    postgres = connect(network.port());
  }

  @AfterEach
  void close() throws Exception {
    network.heal();
    await(postgres.close());
    network.close();
    await(vertx.close());
  }

  @Test
  void write_cutOff_isRefusedUnsent() throws Exception {
    network.cut();
    awaitUntil("the loss is noticed", () -> postgres.check().failed());

    SqlFailure write = failureOf(postgres.write(LIMIT, sql(INSERT)));
    assertThat(write.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(write.message()).startsWith("no answer from postgresql://");
    assertThat(failureOf(postgres.transact(LIMIT, sql(INSERT))).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failureOf(postgres.read(LIMIT, sql("SELECT 1"))).kind()).isEqualTo(Kind.UNAVAILABLE);

    network.heal();
    awaitUntil("the return is noticed", () -> postgres.check().succeeded());
    assertThat(query(database, "SELECT count(*) FROM effects")).isEqualTo("0");
  }

  @Test
  void everyConnectionDead_afterHealing_theFirstCallsSucceed() throws Exception {
    Pool before = postgres.pool();
    network.cut();
    List<Future<?>> stuck = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      stuck.add(postgres.read(SHORT, sql("SELECT 1")));
    }
    for (Future<?> call : stuck) {
      assertThat(failureOf(call).kind()).isEqualTo(Kind.TIMEOUT);
    }
    awaitUntil("the loss is noticed", () -> postgres.check().failed());
    network.heal();
    awaitUntil("the return is noticed", () -> postgres.check().succeeded());

    assertThat(postgres.pool()).isNotSameAs(before);
    for (int i = 0; i < 8; i++) {
      await(postgres.write(LIMIT, sql(INSERT)));
    }
    assertThat(query(database, "SELECT count(*) FROM effects")).isEqualTo("8");
  }

  @Test
  void write_cutWhileUnderWay_isUnknown() throws Exception {
    network.cut();
    assertThat(failureOf(postgres.write(SHORT, sql(INSERT))).kind())
        .isEqualTo(Kind.UNKNOWN_OUTCOME);
  }

  @Test
  void transact_cutBeforeCommit_isATimeoutAndIsNotCommittedLater() throws Exception {
    network.cut();
    assertThat(failureOf(postgres.transact(SHORT, sql(INSERT))).kind()).isEqualTo(Kind.TIMEOUT);
    network.heal();
    awaitUntil("what was on its way has arrived", () -> openTransactions() == 0);
    assertThat(query(database, "SELECT count(*) FROM effects")).isEqualTo("0");
  }

  @Test
  void singleton_ownerCutOff_writesNothingNotEvenWhenWhatItSentArrives() throws Exception {
    await(Singletons.migrate(postgres));
    Postgres elsewhere = connect(database.port());
    try {
      Ownership cutOff = await(node(postgres, "a").join("relay"));
      Term before = cutOff.term();
      network.cut();
      Future<FencedWrite<RowSet<Row>>> late = before.write(SHORT, sql(INSERT));
      execute(database, "UPDATE singletons.ownership SET expires_at = clock_timestamp()");
      Ownership successor = await(node(elsewhere, "b").join("relay"));
      FencedWrite<?> write =
          await(successor.term().write(LIMIT, sql("INSERT INTO effects VALUES (2)")));
      assertThat(write).isInstanceOf(Written.class);
      assertThat(failureOf(late).kind()).isEqualTo(Kind.TIMEOUT);

      network.heal();
      awaitUntil("the former owner knows", before::isOver);
      assertThat(query(database, "SELECT string_agg(id::text, ',') FROM effects")).isEqualTo("2");
    } finally {
      await(elsewhere.close());
    }
  }

  private Singletons node(Postgres database, String id) {
    Lease lease = new Lease(Duration.ofHours(2), Duration.ofHours(1), LIMIT);
    return new Singletons(vertx, database, id, new SimpleMeterRegistry(), lease, System::nanoTime);
  }

  private Postgres connect(int port) throws Exception {
    String uri = ServerFixture.uri(database).replace(":" + database.port(), ":" + port);
    return await(
        Postgres.start(
            vertx,
            Path.of("unused"),
            new PostgresConfig(uri, 4, 16, Duration.ofSeconds(2), LIMIT, LIMIT, 0)));
  }

  private long openTransactions() {
    try {
      return Long.parseLong(
          query(
              database,
              "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                  + " AND pid <> pg_backend_pid() AND state LIKE '%transaction%'"));
    } catch (SQLException e) {
      return -1;
    }
  }

  private static Function<SqlConnection, Future<RowSet<Row>>> sql(String sql) {
    return connection -> connection.query(sql).execute();
  }
}
