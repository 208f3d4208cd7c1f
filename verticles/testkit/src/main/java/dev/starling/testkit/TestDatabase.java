package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The one PostgreSQL server of a test JVM, with a database for each class that asks. It starts with
 * the first of them, and is stopped and removed when the JVM ends.
 *
 * <p>Used from test threads, which it blocks.
 */
public final class TestDatabase {
  private static final int LONGEST_NAME = 63;
  private static final Path DIRECTORY = directory();
  private static final EmbeddedPostgres SERVER =
      EmbeddedPostgres.start(DIRECTORY, PostgresConfig.defaults());

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TestDatabase::remove));
  }

  private TestDatabase() {}

  /**
   * Provides the owner's database to the node's verticles, as the owner left it; the node closes
   * the pool.
   */
  public static Postgres provide(TestNode node, Class<?> owner) {
    return provide(node, owner, PostgresConfig.defaults());
  }

  /**
   * Provides the owner's database to the node's verticles, as the owner left it; the node closes
   * the pool.
   *
   * @param bounds everything but where the server is
   */
  public static Postgres provide(TestNode node, Class<?> owner, PostgresConfig bounds) {
    Postgres postgres = open(node.vertx(), owner, bounds);
    node.onClose(postgres::close);
    node.scope().provide(Postgres.class, postgres);
    return postgres;
  }

  private static Postgres open(Vertx vertx, Class<?> owner, PostgresConfig bounds) {
    PostgresEndpoint database = SERVER.createDatabase(nameFor(owner));
    return await(Postgres.start(vertx, DIRECTORY, bounds.at(TestServer.uri(database))));
  }

  /** PostgreSQL would cut a longer name, and so make one of two. */
  private static String nameFor(Class<?> owner) {
    String name = owner.getName().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
    int cut = name.length() - LONGEST_NAME + 1;
    return cut <= 0 ? name : "_" + name.substring(cut);
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("starling-test");
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
