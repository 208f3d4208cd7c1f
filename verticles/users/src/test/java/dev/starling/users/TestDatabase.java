package dev.starling.users;

import static dev.starling.testkit.TestNode.await;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** The one PostgreSQL server of a test JVM. It is stopped and removed when the JVM ends. */
final class TestDatabase {
  static final int POOL_SIZE = 8;

  /** So that a test with a thousand callers meets rows and locks, not the pool's bounds. */
  private static final int MAX_WAITING = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Path DIRECTORY = directory();
  private static final EmbeddedPostgres SERVER =
      EmbeddedPostgres.start(DIRECTORY, PostgresConfig.defaults());

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TestDatabase::remove));
  }

  private TestDatabase() {}

  /**
   * Opens the database with the tables of earlier tests emptied; the caller closes it.
   *
   * @param statementTimeout after which the server gives a statement up
   */
  static Postgres open(Vertx vertx, Duration statementTimeout) {
    PostgresConfig config =
        new PostgresConfig(
            "", POOL_SIZE, MAX_WAITING, Duration.ofSeconds(2), PATIENCE, statementTimeout, 0);
    Postgres postgres = await(Postgres.start(vertx, DIRECTORY, config));
    await(postgres.migrate("users", "classpath:db/users", TestDatabase.class.getClassLoader()));
    await(
        postgres
            .pool()
            .query(
                "TRUNCATE users.users, users.reservations;"
                    // Emptying the others has left a row here.
                    + "TRUNCATE users.changes")
            .execute());
    return postgres;
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("starling-users");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove() {
    SERVER.close();
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
