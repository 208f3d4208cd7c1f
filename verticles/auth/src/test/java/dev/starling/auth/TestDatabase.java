package dev.starling.auth;

import static dev.starling.testkit.TestNode.await;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The one PostgreSQL server of a test JVM. It is stopped and removed when the JVM ends. */
final class TestDatabase {
  private static final Path DIRECTORY = directory();
  private static final PostgresConfig CONFIG = PostgresConfig.defaults();
  private static final EmbeddedPostgres SERVER = EmbeddedPostgres.start(DIRECTORY, CONFIG);

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TestDatabase::remove));
  }

  private TestDatabase() {}

  /** Opens the database with the tables of earlier tests emptied; the caller closes it. */
  static Postgres open(Vertx vertx) {
    Postgres postgres = await(Postgres.start(vertx, DIRECTORY, CONFIG));
    await(postgres.migrate("auth", "classpath:db/auth", TestDatabase.class.getClassLoader()));
    await(
        postgres
            .pool()
            .query(
                "TRUNCATE auth.credentials, auth.refresh_tokens, auth.signing_keys,"
                    + " auth.revocations")
            .execute());
    return postgres;
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("starling-auth");
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
