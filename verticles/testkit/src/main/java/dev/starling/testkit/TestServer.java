package dev.starling.testkit;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.Jdbc;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of a test's own, with its own processes and data: a second physical database
 * beside {@link TestDatabase}, which can be killed, started again, and given a streaming replica.
 *
 * <p>Used from test threads, which it blocks. Whoever makes one closes it; replicas first.
 */
public final class TestServer implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(20);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Path directory;
  private EmbeddedPostgres server;

  private TestServer(Path directory) {
    this.directory = directory;
    this.server = EmbeddedPostgres.start(directory, PostgresConfig.defaults());
  }

  /** Starts an empty server. */
  public static TestServer start() {
    return new TestServer(freshDirectory());
  }

  /**
   * Makes a streaming replica: stops this server for the time of a copy, and starts both. There is
   * no pg_basebackup among the embedded programs.
   */
  public TestServer replica() {
    PostgresEndpoint primary = server.endpoint();
    server.close();
    Path copy = freshDirectory();
    try {
      run("cp", "-a", home().toString(), copy.toString());
      Path replica = copy.resolve("postgres");
      // It is to have a port of its own, and nodes of its own attached.
      Files.deleteIfExists(replica.resolve("port"));
      delete(replica.resolve("attached"));
      Path settings = replica.resolve("data").resolve("postgresql.auto.conf");
      Files.writeString(
          settings,
          "%nprimary_conninfo = 'host=%s port=%d user=%s password=%s'%n"
              .formatted(primary.host(), primary.port(), primary.user(), primary.password()));
      Files.createFile(replica.resolve("data").resolve("standby.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      server = EmbeddedPostgres.start(directory, PostgresConfig.defaults());
    }
    return new TestServer(copy);
  }

  /** A database that the node's role owns, made when absent. */
  public PostgresEndpoint database(String name) {
    return server.createDatabase(name);
  }

  /** Where a database is, which on a replica its primary has made. */
  public PostgresEndpoint existing(String name) {
    return server.endpoint().withDatabase(name);
  }

  /** What a configuration has for an endpoint; the password included. */
  public static String uri(PostgresEndpoint endpoint) {
    return "postgresql://%s:%s@%s:%d/%s"
        .formatted(
            endpoint.user(),
            endpoint.password(),
            endpoint.host(),
            endpoint.port(),
            endpoint.database());
  }

  /** Ends every process of the server at once, as a power failure would. */
  public void kill() {
    ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
    Stream<ProcessHandle> children = postmaster.children();
    postmaster.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    await("the server is gone", () -> !postmaster.isAlive());
  }

  /** Starts it again after {@link #kill}, on the same port. */
  public void restart() {
    server.ensureRunning();
  }

  /** Stops all processes where they are: connections stay, and nothing answers. */
  public void freeze() {
    signal("STOP");
  }

  public void thaw() {
    signal("CONT");
  }

  /** Makes a replica a primary. */
  public void promote() {
    asSuperuser("SELECT pg_promote()");
  }

  /** Runs something that the node's role may not. */
  public void asSuperuser(String sql) {
    try {
      String password = Files.readAllLines(home().resolve("credentials")).get(0);
      PostgresEndpoint node = server.endpoint();
      PostgresEndpoint superuser =
          new PostgresEndpoint(
              node.host(),
              node.port(),
              "postgres",
              "postgres",
              password,
              node.tls(),
              null,
              node.identity());
      execute(superuser, sql);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void execute(PostgresEndpoint endpoint, String... statements) {
    try (Connection connection = connect(endpoint);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The first column of the first row, as text. */
  public static String query(PostgresEndpoint endpoint, String sql) {
    try (Connection connection = connect(endpoint);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return String.valueOf(result.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Waits for a condition that another process makes true. */
  public static void await(String what, BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError(what + ": not within " + TestNode.PATIENCE);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    server.close();
    try {
      delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Connection connect(PostgresEndpoint endpoint) throws SQLException {
    return Jdbc.dataSource(endpoint, CONNECT_LIMIT, STATEMENT_LIMIT).getConnection();
  }

  private Path home() {
    return directory.resolve("postgres");
  }

  private long postmaster() {
    try {
      Path file = home().resolve("data").resolve("postmaster.pid");
      return Long.parseLong(Files.readAllLines(file).get(0).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) {
    ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
    // The postmaster first: once it stands still there are no new ones.
    run("kill", "-" + name, Long.toString(postmaster.pid()));
    for (ProcessHandle child : postmaster.children().toList()) {
      try {
        run("kill", "-" + name, Long.toString(child.pid()));
      } catch (IllegalStateException e) {
        if (child.isAlive()) {
          throw e;
        }
      }
    }
  }

  private static void run(String... command) {
    try {
      int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + exit);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path freshDirectory() {
    try {
      return Files.createTempDirectory("starling-test-server");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
