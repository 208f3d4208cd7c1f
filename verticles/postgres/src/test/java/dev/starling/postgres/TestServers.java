package dev.starling.postgres;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What the tests of real servers share: prepared directories, SQL, signals, waiting. */
public final class TestServers {
  public static final Duration LIMIT = Duration.ofSeconds(20);

  // One per run: what a template holds depends on the code under test.
  private static final Path TEMPLATE =
      Path.of("target", "template-" + ProcessHandle.current().pid()).toAbsolutePath();

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private TestServers() {}

  /**
   * A data directory with the programs in place, which saves seconds. {@link #remove} it after use:
   * JUnit would complain about the link.
   */
  static synchronized Path withPrograms(Path dataDirectory) throws Exception {
    if (!Files.exists(TEMPLATE)) {
      Files.createDirectories(TEMPLATE);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> FileTrees.delete(TEMPLATE)));
    }
    Path programs = ServerBinaries.unpackedIn(TEMPLATE).program("postgres").getParent().getParent();
    Path home = Files.createDirectories(dataDirectory.resolve("postgres"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    Path link = home.resolve(programs.getFileName());
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, programs);
    }
    return dataDirectory;
  }

  /** A data directory that a server has already used, cleanly stopped. */
  static synchronized Path prepared(Path dataDirectory) throws Exception {
    if (!Files.exists(TEMPLATE.resolve("data"))) {
      Path used = withPrograms(Files.createTempDirectory("starling-template-"));
      start(used).close();
      Path home = used.resolve("postgres");
      run("cp", "-a", home.resolve("credentials").toString(), TEMPLATE.toString());
      run("cp", "-a", home.resolve("data").toString(), TEMPLATE.toString());
      FileTrees.delete(used);
    }
    withPrograms(dataDirectory);
    Path home = dataDirectory.resolve("postgres");
    run("cp", "-a", TEMPLATE.resolve("credentials").toString(), home.toString());
    run("cp", "-a", TEMPLATE.resolve("data").toString(), home.toString());
    return dataDirectory;
  }

  /** Deletes a data directory, and ends what a killed child may have left running there. */
  static void remove(Path dataDirectory) {
    Path home = dataDirectory.resolve("postgres");
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(home + "/"))
        .forEach(ProcessHandle::destroyForcibly);
    FileTrees.delete(home);
  }

  private static void run(String... command) throws Exception {
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + exit);
    }
  }

  static EmbeddedPostgres start(Path dataDirectory) {
    return EmbeddedPostgres.start(dataDirectory, PostgresConfig.defaults());
  }

  public static Connection connect(PostgresEndpoint endpoint) throws SQLException {
    return Jdbc.dataSource(endpoint, Duration.ofSeconds(2), Duration.ofSeconds(10)).getConnection();
  }

  public static void execute(PostgresEndpoint endpoint, String... statements) throws SQLException {
    try (Connection connection = connect(endpoint);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  public static String query(PostgresEndpoint endpoint, String sql) throws SQLException {
    try (Connection connection = connect(endpoint);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  static PostgresEndpoint as(PostgresEndpoint endpoint, String user, String password) {
    return new PostgresEndpoint(
        endpoint.host(),
        endpoint.port(),
        user.equals("postgres") ? "postgres" : endpoint.database(),
        user,
        password,
        endpoint.tls(),
        endpoint.rootCertificate(),
        endpoint.identity());
  }

  static PostgresEndpoint superuser(Path dataDirectory, PostgresEndpoint endpoint)
      throws IOException {
    Path file = dataDirectory.resolve("postgres").resolve("credentials");
    return as(endpoint, "postgres", Credentials.in(file).superuser());
  }

  static Path data(Path dataDirectory) {
    return dataDirectory.resolve("postgres").resolve("data");
  }

  static long postmaster(Path dataDirectory) throws IOException {
    return Long.parseLong(
        Files.readAllLines(data(dataDirectory).resolve("postmaster.pid")).get(0).strip());
  }

  static void kill(long pid) throws Exception {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  static void signal(String name, long pid) throws Exception {
    run("kill", "-" + name, Long.toString(pid));
  }

  /** Waits for a condition that another process makes true. */
  public static void awaitUntil(String what, BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError(what + ": not within " + LIMIT);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  public static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  public static SqlFailure failureOf(Future<?> future) throws Exception {
    return await(
        future.transform(
            result ->
                result.failed()
                    ? Future.succeededFuture(SqlFailure.classify(result.cause()))
                    : Future.failedFuture(new AssertionError("succeeded"))));
  }
}
