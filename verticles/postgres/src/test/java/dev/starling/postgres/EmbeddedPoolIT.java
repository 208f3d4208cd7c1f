package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.awaitUntil;
import static dev.starling.postgres.TestServers.postmaster;
import static dev.starling.postgres.TestServers.prepared;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class EmbeddedPoolIT {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;

  // A loaded machine may take longer than the default to make a connection.
  private static final PostgresConfig PATIENT =
      new PostgresConfig("", 8, 32, LIMIT, LIMIT, LIMIT, 0);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void remove() throws Exception {
    await(vertx.close());
    TestServers.remove(directory);
  }

  @Test
  void close_lastNode_stopsTheServer() throws Exception {
    Postgres postgres = await(Postgres.start(vertx, prepared(directory), PATIENT));
    assertThat(await(one(postgres))).isEqualTo(1);
    long pid = postmaster(directory);
    await(postgres.close());
    awaitUntil("stopped", () -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void serverKilledUnderLoad_healsByItselfAndKeepsEveryAcknowledgedRow() throws Exception {
    Postgres postgres = await(Postgres.start(vertx, prepared(directory), PATIENT));
    await(
        postgres.write(
            LIMIT, connection -> connection.query("CREATE TABLE rows (id int)").execute()));
    Writers writers = new Writers(postgres);
    writers.start(8);
    awaitUntil("some rows before", () -> writers.acknowledged.size() > 100);
    TestServers.kill(postmaster(directory));
    int before = writers.acknowledged.size();
    awaitUntil("rows after", () -> writers.acknowledged.size() > before + 100);
    await(writers.stop());
    Set<Integer> stored = ConcurrentHashMap.newKeySet();
    await(postgres.read(LIMIT, connection -> connection.query("SELECT id FROM rows").execute()))
        .forEach(row -> stored.add(row.getInteger(0)));
    assertThat(stored).containsAll(writers.acknowledged);
    assertThat(stored).doesNotContainAnyElementsOf(writers.refused);
    await(postgres.close());
  }

  private static Future<Integer> one(Postgres postgres) {
    return postgres
        .read(LIMIT, connection -> connection.query("SELECT 1").execute())
        .map(rows -> rows.iterator().next().getInteger(0));
  }

  /** Insert one row after the other and remember what they were told. */
  private final class Writers {
    private final Postgres postgres;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
    private Future<?> running = Future.succeededFuture();

    Writers(Postgres postgres) {
      this.postgres = postgres;
    }

    void start(int count) {
      for (int i = 0; i < count; i++) {
        Promise<Void> stopped = Promise.promise();
        running = Future.join(running, stopped.future());
        writeNext(stopped);
      }
    }

    Future<?> stop() {
      stopping.set(true);
      return running;
    }

    /** One promise per writer: a chain of futures would be as deep as there are rows. */
    private void writeNext(Promise<Void> stopped) {
      if (stopping.get()) {
        stopped.complete();
        return;
      }
      int id = next.incrementAndGet();
      postgres
          .transact(
              LIMIT,
              connection ->
                  connection.preparedQuery("INSERT INTO rows VALUES ($1)").execute(Tuple.of(id)))
          .onComplete(
              result -> {
                if (result.succeeded()) {
                  acknowledged.add(id);
                } else if (SqlFailure.classify(result.cause()).kind()
                    != SqlFailure.Kind.UNKNOWN_OUTCOME) {
                  refused.add(id);
                }
                vertx.runOnContext(next -> writeNext(stopped));
              });
    }
  }
}
