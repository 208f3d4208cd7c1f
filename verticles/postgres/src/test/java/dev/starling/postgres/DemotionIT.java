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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that comes back from a crash as a standby, and is promoted later. */
@Timeout(120)
class DemotionIT {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void remove() throws Exception {
    await(vertx.close());
    TestServers.remove(directory);
  }

  @Test
  void primaryBecomesAStandby_isRefusedUntilItIsPromoted() throws Exception {
    PostgresConfig config = new PostgresConfig("", 4, 16, LIMIT, LIMIT, LIMIT, 0);
    Postgres postgres = await(Postgres.start(vertx, prepared(directory), config));
    execute(postgres.endpoint(), "CREATE TABLE effects (id int)");

    // The node restarts the server, which then finds that it is to be a standby.
    Files.createFile(TestServers.data(directory).resolve("standby.signal"));
    TestServers.kill(TestServers.postmaster(directory));
    awaitUntil("the server answers as a standby", () -> isStandby(postgres));
    awaitUntil("the loss of the primary is noticed", () -> postgres.check().failed());
    assertThat(failureOf(insert(postgres)).kind()).isEqualTo(Kind.UNAVAILABLE);

    execute(TestServers.superuser(directory, postgres.endpoint()), "SELECT pg_promote()");
    awaitUntil("the primary is back", () -> postgres.check().succeeded());
    await(insert(postgres));
    assertThat(query(postgres.endpoint(), "SELECT count(*) FROM effects")).isEqualTo("1");
    await(postgres.close());
  }

  private static Future<RowSet<Row>> insert(Postgres postgres) {
    return postgres.write(
        LIMIT, connection -> connection.query("INSERT INTO effects VALUES (1)").execute());
  }

  private static boolean isStandby(Postgres postgres) {
    try {
      return query(postgres.endpoint(), "SELECT pg_is_in_recovery()").equals("t");
    } catch (Exception e) {
      // Not up yet.
      return false;
    }
  }
}
