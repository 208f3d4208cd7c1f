package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.awaitUntil;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.failureOf;
import static dev.starling.postgres.TestServers.prepared;
import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.SqlFailure.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a caller is told when its session dies at each possible moment. */
@Timeout(90)
class LostConnectionIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String SLOW = "SELECT pg_sleep(30)";
  private static final String INSERT = "INSERT INTO slow VALUES (1)";

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private Postgres postgres;

  @BeforeEach
  void open() throws Exception {
    PostgresConfig config = new PostgresConfig("", 2, 8, Duration.ofSeconds(2), LIMIT, LIMIT, 0);
    postgres = await(Postgres.start(vertx, prepared(directory), config));
    // A deferred trigger makes the commit itself take this long on the server.
    execute(
        postgres.endpoint(),
        "CREATE TABLE slow (id int)",
        "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER doze AFTER INSERT ON slow"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION doze()");
  }

  @AfterEach
  void close() throws Exception {
    await(postgres.close());
    await(vertx.close());
    TestServers.remove(directory);
  }

  @Test
  void transact_deadlineDuringCommit_isUnknown() throws Exception {
    Future<?> result = postgres.transact(Duration.ofSeconds(3), sql(INSERT));
    assertThat(session("COMMIT")).isPositive();
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
  }

  @Test
  void transact_serverProcessKilledDuringCommit_isUnknown() throws Exception {
    Future<?> result = postgres.transact(LIMIT, sql(INSERT));
    TestServers.kill(session("COMMIT"));
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
  }

  @Test
  void transact_sessionEndedDuringCommit_isUnknown() throws Exception {
    Future<?> result = postgres.transact(LIMIT, sql(INSERT));
    terminate("COMMIT");
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
  }

  @Test
  void transact_sessionEndedBeforeCommit_isUnavailable() throws Exception {
    Future<?> result = postgres.transact(LIMIT, sql(SLOW));
    terminate(SLOW);
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void write_sessionEnded_isUnknown() throws Exception {
    Future<?> result = postgres.write(LIMIT, sql(SLOW));
    terminate(SLOW);
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
  }

  @Test
  void read_sessionEnded_isUnavailable() throws Exception {
    Future<?> result = postgres.read(LIMIT, sql(SLOW));
    terminate(SLOW);
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void session_endedWhileIdle_isReplacedBeforeTheNextCaller() throws Exception {
    await(postgres.read(LIMIT, sql("SELECT 1")));
    execute(
        postgres.endpoint(),
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    awaitUntil("pool emptied", () -> postgres.pool().size() == 0);
    assertThat(await(postgres.read(LIMIT, sql("SELECT 1"))).size()).isEqualTo(1);
  }

  private static Function<SqlConnection, Future<RowSet<Row>>> sql(String sql) {
    return connection -> connection.query(sql).execute();
  }

  private void terminate(String statement) throws Exception {
    execute(postgres.endpoint(), "SELECT pg_terminate_backend(" + session(statement) + ")");
  }

  /** The server process that runs {@code statement}, once it does. */
  private long session(String statement) {
    awaitUntil(statement, () -> find(statement) > 0);
    return find(statement);
  }

  private long find(String statement) {
    try {
      return Long.parseLong(
          query(
              postgres.endpoint(),
              "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE state = 'active'"
                  + " AND pid <> pg_backend_pid() AND query = '"
                  + statement
                  + "'"));
    } catch (SQLException e) {
      return 0;
    }
  }
}
