package dev.starling.chaos.orders;

import dev.starling.load.Pause;
import dev.starling.load.Shell;
import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.BooleanSupplier;

/**
 * A PostgreSQL server over a data directory of its own, which can be made to fail.
 *
 * <p>Used from one thread, which it blocks, for {@link #PATIENCE_SECONDS} at the most each time.
 */
final class PhysicalServer implements AutoCloseable {
  static final int PATIENCE_SECONDS = 60;

  private static final int POLL_MILLIS = 50;

  private final Path home;
  private final EmbeddedPostgres postgres;

  private PhysicalServer(Path directory) {
    this.postgres = EmbeddedPostgres.start(directory, PostgresConfig.defaults());
    this.home = directory.resolve("postgres");
  }

  /** Makes or finds the data in the directory, and starts the server. */
  static PhysicalServer start(Path directory) {
    PhysicalServer server = new PhysicalServer(directory);
    server.allowReplication();
    return server;
  }

  /** Everything that belongs to it, the passwords too. */
  Path home() {
    return home;
  }

  PostgresEndpoint endpoint() {
    return postgres.endpoint();
  }

  int port() {
    return endpoint().port();
  }

  /** The superuser's. */
  String password() {
    try {
      return Files.readAllLines(home.resolve("credentials")).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?connectTimeout=5&socketTimeout=%d"
            .formatted(port(), database, PATIENCE_SECONDS),
        "postgres",
        password());
  }

  void execute(String... statements) {
    try (Connection connection = superuser("postgres");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(home + ": " + e.getMessage(), e);
    }
  }

  /** Waits until a query says so; a server that does not answer does not. */
  void await(String query) {
    await(query, () -> isTrue(query));
  }

  /** Ends it in immediate mode: nothing is written any more, and nobody is told. */
  void crash() {
    end("QUIT");
  }

  /** Ends it as the kernel does. */
  void kill() {
    end("KILL");
  }

  /** Starts it again after a crash; it recovers what was committed. */
  void recover() {
    postgres.ensureRunning();
    allowReplication();
    await("SELECT true");
  }

  @Override
  public void close() {
    postgres.close();
  }

  private void end(String signal) {
    long pid = signal(signal);
    await("ended by " + signal, () -> !isRunning(pid));
  }

  private long signal(String name) {
    try {
      String pid = Files.readAllLines(home.resolve("data/postmaster.pid")).get(0).strip();
      Shell.run("kill", "-" + name, pid);
      return Long.parseLong(pid);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Who may connect is written anew at each start, without a rule for replicas. */
  private void allowReplication() {
    try {
      Files.writeString(
          home.resolve("pg_hba.conf"),
          "host replication postgres 127.0.0.1/32 scram-sha-256\n",
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    signal("HUP");
  }

  private boolean isTrue(String query) {
    try (Connection connection = superuser("postgres");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return result.next() && result.getBoolean(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** One that has ended and that nobody has buried has no command line. */
  private static boolean isRunning(long pid) {
    try {
      return !Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "%s: not within %d s: %s".formatted(home, PATIENCE_SECONDS, what));
      }
      Pause.millis(POLL_MILLIS);
    }
  }
}
