package dev.starling.postgres;

import static dev.starling.postgres.TestServers.as;
import static dev.starling.postgres.TestServers.data;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.postmaster;
import static dev.starling.postgres.TestServers.prepared;
import static dev.starling.postgres.TestServers.query;
import static dev.starling.postgres.TestServers.start;
import static dev.starling.postgres.TestServers.superuser;
import static dev.starling.postgres.TestServers.withPrograms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EmbeddedPostgresIT {
  @TempDir Path directory;

  @AfterEach
  void remove() {
    TestServers.remove(directory);
  }

  @Test
  void start_emptyDirectory_unpacksAndInitializesOnce() throws Exception {
    try (EmbeddedPostgres server = start(directory)) {
      assertThat(query(server.endpoint(), "SHOW server_version")).startsWith("18.");
    }
    Path home = directory.resolve("postgres");
    try (Stream<Path> entries = Files.list(home)) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .anyMatch(name -> name.matches("bin-" + ServerBinaries.version() + "-[0-9a-f]{8}"))
          .noneMatch(name -> name.startsWith("partial-"));
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("credentials"))))
        .isEqualTo("rw-------");
  }

  @Test
  void start_again_keepsTheDataAndThePort() throws Exception {
    prepared(directory);
    int port;
    try (EmbeddedPostgres server = start(directory)) {
      port = server.endpoint().port();
      execute(server.endpoint(), "CREATE TABLE kept AS SELECT 42 AS answer");
    }
    try (EmbeddedPostgres server = start(directory)) {
      assertThat(server.endpoint().port()).isEqualTo(port);
      assertThat(query(server.endpoint(), "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void start_givesTheNodeARoleThatOwnsItsDatabaseAndMayBeFollowedButNothingElse() throws Exception {
    try (EmbeddedPostgres server = start(prepared(directory))) {
      String rights =
          "SELECT concat_ws(',', rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls)"
              + " FROM pg_roles WHERE rolname = current_user";
      assertThat(query(server.endpoint(), rights)).isEqualTo("f,f,f,t,f");
      String owner = "SELECT datdba::regrole FROM pg_database WHERE datname = current_database()";
      assertThat(query(server.endpoint(), owner)).isEqualTo("starling");
    }
  }

  @Test
  void server_wantsAScramPasswordFromEverybody() throws Exception {
    try (EmbeddedPostgres server = start(prepared(directory))) {
      PostgresEndpoint endpoint = server.endpoint();
      for (String user : List.of("starling", "postgres")) {
        for (String password : List.of("", "wrong", user)) {
          assertThatThrownBy(() -> query(as(endpoint, user, password), "SELECT 1"))
              .isInstanceOf(SQLException.class)
              .hasMessageMatching("(?s).*(password authentication failed|requested SCRAM).*");
        }
      }
      PostgresEndpoint superuser = superuser(directory, endpoint);
      assertThat(
              query(
                  superuser,
                  "SELECT string_agg(array_to_string(database, ',') || ' ' || auth_method || ' ' || address, '; ')"
                      + " FROM pg_hba_file_rules"))
          .isEqualTo("all scram-sha-256 127.0.0.1; replication scram-sha-256 127.0.0.1");
      assertThat(
              query(
                  superuser,
                  "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin"))
          .isEqualTo("t");
      assertThat(query(superuser, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(superuser, "SHOW unix_socket_directories")).isEmpty();
    }
  }

  @Test
  void server_hasASessionOfItsOwn() throws Exception {
    try (EmbeddedPostgres server = start(prepared(directory))) {
      long pid = postmaster(directory);
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // After the parenthesised name: state, parent, process group, session.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      assertThat(fields[3]).isEqualTo(Long.toString(pid));
      assertThat(server.ensureRunning()).isEqualTo(EmbeddedPostgres.ServerState.RUNNING);
    }
  }

  @Test
  void start_asRoot_neverRunsTheServerAsRootWhereItCanDropTheRight() throws Exception {
    assumeTrue(RunAs.effectiveUid() == 0);
    Path reachable =
        Files.createDirectories(Path.of("target", "it-" + ProcessHandle.current().pid()));
    try (EmbeddedPostgres server = start(withPrograms(reachable))) {
      assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
      assertThat(FileTrees.ownerOf(data(reachable))).isNotZero();
      assertThat(FileTrees.ownerOf(Path.of("/proc", Long.toString(postmaster(reachable)))))
          .isNotZero();
    } finally {
      FileTrees.delete(reachable);
    }
  }

  @Test
  void start_directoryWithABlank_works() throws Exception {
    Path blank = Files.createDirectories(directory.resolve("my data"));
    try (EmbeddedPostgres server = start(prepared(blank))) {
      assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
    } finally {
      TestServers.remove(blank);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"it's", "a\"b", "$HOME", "`id`", "back\\slash"})
  void start_directoryThatAShellWouldMisread_isRefused(String name) {
    assertThatThrownBy(() -> start(directory.resolve(name)))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("expected: no quote");
  }

  @Test
  void start_twiceInOneProcess_sharesOneServerUntilBothClose() throws Exception {
    EmbeddedPostgres first = start(prepared(directory));
    EmbeddedPostgres second = start(directory);
    assertThat(second.endpoint()).isEqualTo(first.endpoint());
    first.close();
    first.close();
    assertThat(query(second.endpoint(), "SELECT 1")).isEqualTo("1");
    second.close();
    assertThatThrownBy(() -> query(second.endpoint(), "SELECT 1")).isInstanceOf(SQLException.class);
    assertThat(data(directory).resolve("postmaster.pid")).doesNotExist();
  }

  @Test
  void start_fourThreadsAtOnce_makeOneServer() throws Exception {
    prepared(directory);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<EmbeddedPostgres> task = () -> start(directory);
      List<Future<EmbeddedPostgres>> started = threads.invokeAll(List.of(task, task, task, task));
      for (Future<EmbeddedPostgres> each : started) {
        assertThat(each.get().endpoint()).isEqualTo(started.get(0).get().endpoint());
        assertThat(query(each.get().endpoint(), "SELECT 1")).isEqualTo("1");
      }
      for (Future<EmbeddedPostgres> each : started) {
        each.get().close();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(data(directory).resolve("postmaster.pid")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=replica"
      })
  void start_notDurable_isRefusedAndStopsTheServerAgain(String planted) throws Exception {
    start(prepared(directory)).close();
    Files.writeString(data(directory).resolve("postgresql.auto.conf"), planted + "\n");
    String name = planted.substring(0, planted.indexOf('='));
    String value = planted.substring(planted.indexOf('=') + 1);
    assertThatThrownBy(() -> start(directory))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("not durable: " + name + ": " + value + " (expected: ")
        .hasMessageNotContaining("\n");
    assertThat(data(directory).resolve("postmaster.pid")).doesNotExist();
  }

  @Test
  void start_roleThatDoesNotWaitForTheDisk_isRefusedWhileOthersGoOn() throws Exception {
    try (EmbeddedPostgres running = start(prepared(directory))) {
      execute(running.endpoint(), "ALTER ROLE starling SET synchronous_commit = off");
      assertThatThrownBy(() -> start(directory))
          .hasMessageContaining("synchronous_commit: off (expected: on)");
      assertThat(query(running.endpoint(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void start_killedBeforeTheDirectoryWasComplete_startsOver() throws Exception {
    Path home = withPrograms(directory).resolve("postgres");
    Path leftover = Files.createDirectories(home.resolve("partial-data-123").resolve("base"));
    Files.writeString(leftover.resolve("1"), "half a file");
    try (EmbeddedPostgres server = start(directory)) {
      assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
    }
    assertThat(home.resolve("partial-data-123")).doesNotExist();
  }

  @Test
  void start_killedBetweenInitAndBootstrap_bootstraps() throws Exception {
    Path home = withPrograms(directory).resolve("postgres").toRealPath();
    Credentials credentials = Credentials.in(home.resolve("credentials"));
    new ServerProcess(home, ServerBinaries.unpackedIn(home), new ServerProcesses(home))
        .initialize(credentials.superuser());
    try (EmbeddedPostgres server = start(directory)) {
      assertThat(query(server.endpoint(), "SELECT current_user")).isEqualTo("starling");
    }
  }

  @Test
  void start_pidFileNamesAnotherProgram_startsAllTheSame() throws Exception {
    start(prepared(directory)).close();
    // What kill -9 leaves behind when the number is soon given to another process: this one.
    String stale = ProcessHandle.current().pid() + "\n" + data(directory) + "\n1\n1\n\n127.0.0.1\n";
    Files.writeString(data(directory).resolve("postmaster.pid"), stale);
    try (EmbeddedPostgres server = start(directory)) {
      assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void start_credentialsLost_isRefused() throws Exception {
    start(prepared(directory)).close();
    Files.delete(directory.resolve("postgres").resolve("credentials"));
    assertThatThrownBy(() -> start(directory))
        .hasMessageContaining("credentials: missing (expected:");
  }

  @Test
  void start_credentialsReadableByOthers_isRefused() throws Exception {
    start(prepared(directory)).close();
    Files.setPosixFilePermissions(
        directory.resolve("postgres").resolve("credentials"),
        PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> start(directory))
        .hasMessageContaining("mode rw-r--r-- (expected: rw-------)");
  }

  @Test
  void start_dataOfAnotherRelease_isRefused() throws Exception {
    start(prepared(directory)).close();
    Files.writeString(data(directory).resolve("PG_VERSION"), "17\n");
    assertThatThrownBy(() -> start(directory))
        .hasMessageContaining("made by PostgreSQL 17 (expected: 18;");
  }

  @Test
  void start_brokenConfiguration_saysWhatTheServerSaid() throws Exception {
    start(prepared(directory)).close();
    Files.writeString(data(directory).resolve("postgresql.auto.conf"), "shared_buffers = lots\n");
    assertThatThrownBy(() -> start(directory))
        .hasMessageContaining("did not start")
        .hasMessageContaining("shared_buffers");
  }

  @Test
  void start_rememberedPortTaken_movesToAnother() throws Exception {
    prepared(directory);
    int before;
    try (EmbeddedPostgres server = start(directory)) {
      before = server.endpoint().port();
    }
    try (ServerSocket taken = new ServerSocket(before, 1, InetAddress.getLoopbackAddress());
        EmbeddedPostgres server = start(directory)) {
      assertThat(server.endpoint().port()).isNotEqualTo(taken.getLocalPort());
      assertThat(query(server.endpoint(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void start_configuredPortTaken_isRefused() throws Exception {
    prepared(directory);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      PostgresConfig defaults = PostgresConfig.defaults();
      PostgresConfig config =
          new PostgresConfig(
              "",
              defaults.poolSize(),
              defaults.maxWaiting(),
              defaults.connectTimeout(),
              defaults.acquireTimeout(),
              defaults.statementTimeout(),
              port);
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory, config))
          .hasMessageContaining("embedded-port: " + port + " is taken (expected: a free port");
    }
  }

  @Test
  void createDatabase_twice_makesOneThatTheRoleOwns() throws Exception {
    try (EmbeddedPostgres server = start(prepared(directory))) {
      server.createDatabase("shard_7");
      PostgresEndpoint shard = server.createDatabase("shard_7");
      execute(shard, "CREATE SCHEMA orders");
      assertThat(query(shard, "SELECT current_database()")).isEqualTo("shard_7");
      assertThatThrownBy(() -> server.createDatabase("x; DROP DATABASE starling"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("(expected: 1..63 of a-z");
    }
  }

  @Test
  void server_logsNothingAboutTheLivenessProbe() throws Exception {
    try (EmbeddedPostgres server = start(prepared(directory))) {
      for (int i = 0; i < 5; i++) {
        assertThat(server.ensureRunning()).isEqualTo(EmbeddedPostgres.ServerState.RUNNING);
      }
    }
    try (Stream<Path> logs = Files.list(data(directory).resolve("log"))) {
      for (Path file : logs.toList()) {
        assertThat(Files.readString(file, StandardCharsets.UTF_8)).doesNotContain("startup packet");
      }
    }
  }

  @Test
  void ensureRunning_afterClose_isAMistake() throws Exception {
    EmbeddedPostgres server = start(prepared(directory));
    server.close();
    assertThatThrownBy(server::ensureRunning).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void hostIdentity_dependsOnTheDirectoryAndMatchesTheEndpoint() throws Exception {
    Path other = Files.createDirectories(directory.resolve("other"));
    try (EmbeddedPostgres server = start(prepared(directory))) {
      assertThat(EmbeddedPostgres.hostIdentity(directory)).isEqualTo(server.endpoint().identity());
      assertThat(EmbeddedPostgres.hostIdentity(other)).isNotEqualTo(server.endpoint().identity());
    }
  }
}
