package dev.starling.postgres;

import static dev.starling.postgres.TestServers.awaitUntil;
import static dev.starling.postgres.TestServers.data;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.postmaster;
import static dev.starling.postgres.TestServers.prepared;
import static dev.starling.postgres.TestServers.query;
import static dev.starling.postgres.TestServers.start;
import static dev.starling.postgres.TestServers.withPrograms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.starling.postgres.EmbeddedPostgres.ServerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several JVMs, one data directory, one server. */
@Timeout(90)
class SharedServerIT {
  @TempDir Path directory;

  @AfterEach
  void remove() {
    TestServers.remove(directory);
  }

  @Test
  void twoProcesses_shareOneServerAndTheLastOneStopsIt() throws Exception {
    prepared(directory);
    try (ChildNode first = ChildNode.launch(directory);
        ChildNode second = ChildNode.launch(directory)) {
      assertThat(first.port()).isEqualTo(second.port());
      assertThat(first.ask("query")).isEqualTo("starling");
      assertThat(second.ask("query")).isEqualTo("starling");
      long pid = postmaster(directory);
      first.leave();
      assertThat(postmaster(directory)).isEqualTo(pid);
      assertThat(second.ask("query")).isEqualTo("starling");
      second.leave();
      awaitUntil("stopped", () -> ProcessHandle.of(pid).isEmpty());
    }
  }

  @Test
  void starterKilled_leavesTheServerToTheOthers() throws Exception {
    prepared(directory);
    try (ChildNode starter = ChildNode.launch(directory)) {
      int port = starter.port();
      long pid = postmaster(directory);
      try (EmbeddedPostgres attached = start(directory)) {
        assertThat(attached.endpoint().port()).isEqualTo(port);
        starter.kill();
        assertThat(query(attached.endpoint(), "SELECT 1")).isEqualTo("1");
        assertThat(postmaster(directory)).isEqualTo(pid);
        try (ChildNode late = ChildNode.launch(directory)) {
          assertThat(late.port()).isEqualTo(port);
          late.leave();
        }
        assertThat(query(attached.endpoint(), "SELECT 1")).isEqualTo("1");
      }
      awaitUntil("stopped", () -> ProcessHandle.of(pid).isEmpty());
    }
  }

  @Test
  void everyProcessKilled_nextOneFindsTheServerAndStopsItWhenItLeaves() throws Exception {
    prepared(directory);
    try (ChildNode first = ChildNode.launch(directory);
        ChildNode second = ChildNode.launch(directory)) {
      first.port();
      second.port();
      first.kill();
      second.kill();
    }
    long pid = postmaster(directory);
    assertThat(ProcessHandle.of(pid)).isPresent();
    EmbeddedPostgres next = start(directory);
    assertThat(postmaster(directory)).isEqualTo(pid);
    next.close();
    awaitUntil("stopped", () -> ProcessHandle.of(pid).isEmpty());
    try (Stream<Path> attached = Files.list(directory.resolve("postgres").resolve("attached"))) {
      assertThat(attached).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "partial-bin-*",
        "partial-data-*",
        "partial-data-*/PG_VERSION",
        "data",
        "data/postmaster.pid"
      })
  void nodeKilledDuringItsFirstStart_nextStartRecovers(String moment) throws Exception {
    if (!moment.startsWith("partial-bin")) {
      withPrograms(directory);
    }
    try (ChildNode victim = ChildNode.launch(directory)) {
      awaitUntil(moment, () -> appeared(moment));
      victim.kill();
    }
    try (EmbeddedPostgres server = start(directory)) {
      execute(server.endpoint(), "CREATE TABLE usable (id int)");
      assertThat(query(server.endpoint(), "SELECT count(*) FROM usable")).isEqualTo("0");
    }
    // The victim's initdb outlived it and may have written once more: swept by the next start.
    start(directory).close();
    assertThat(appeared("partial-*")).isFalse();
    assertThat(data(directory).resolve("postmaster.pid")).doesNotExist();
  }

  @Test
  void serverKilled_isRestartedByOneOfTheSurvivorsWithNothingLost() throws Exception {
    prepared(directory);
    try (ChildNode other = ChildNode.launch(directory);
        EmbeddedPostgres here = start(directory)) {
      int port = other.port();
      execute(
          here.endpoint(), "CREATE TABLE acknowledged AS SELECT generate_series(1, 1000) AS id");
      long before = postmaster(directory);
      TestServers.kill(before);
      CompletableFuture<ServerState> mine = CompletableFuture.supplyAsync(here::ensureRunning);
      String theirs = other.ask("ensure");
      assertThat(List.of(mine.get(30, TimeUnit.SECONDS).toString(), theirs))
          .contains("RESTARTED")
          .isSubsetOf("RESTARTED", "RUNNING");
      assertThat(postmaster(directory)).isNotEqualTo(before);
      assertThat(here.endpoint().port()).isEqualTo(port);
      assertThat(query(here.endpoint(), "SELECT count(*) FROM acknowledged")).isEqualTo("1000");
      assertThat(other.ask("query")).isEqualTo("starling");
      assertThat(here.ensureRunning()).isEqualTo(ServerState.RUNNING);
    }
  }

  @Test
  void serverKilledAndItsPortTaken_comesBackElsewhereAndIsFound() throws Exception {
    prepared(directory);
    try (ChildNode other = ChildNode.launch(directory);
        EmbeddedPostgres here = start(directory)) {
      int before = other.port();
      TestServers.kill(postmaster(directory));
      try (ServerSocket taken = new ServerSocket()) {
        taken.setReuseAddress(true);
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), before));
        assertThat(here.ensureRunning()).isEqualTo(ServerState.RESTARTED);
        assertThat(here.endpoint().port()).isNotEqualTo(before);
        assertThat(query(here.endpoint(), "SELECT 1")).isEqualTo("1");
        assertThat(other.ask("ensure")).isEqualTo("RESTARTED");
        assertThat(other.ask("query")).isEqualTo("starling");
      }
      other.leave();
    }
  }

  @Test
  void serverFrozen_isReportedAndLeftAlone() throws Exception {
    try (EmbeddedPostgres server = start(prepared(directory))) {
      long pid = postmaster(directory);
      TestServers.signal("STOP", pid);
      assertThat(server.ensureRunning()).isEqualTo(ServerState.UNRESPONSIVE);
      TestServers.signal("CONT", pid);
      assertThat(server.ensureRunning()).isEqualTo(ServerState.RUNNING);
      assertThat(postmaster(directory)).isEqualTo(pid);
    }
  }

  @Test
  void nodeOfAnotherHost_isRefused() throws Exception {
    prepared(directory);
    try (ChildNode other = ChildNode.launch(directory)) {
      other.port();
      try (Stream<Path> files = Files.list(directory.resolve("postgres").resolve("attached"))) {
        Files.writeString(files.findFirst().orElseThrow(), "another kernel");
      }
      assertThatThrownBy(() -> start(directory))
          .isInstanceOf(PostgresException.class)
          .hasMessageContaining("expected: one host per data directory; set postgres.uri");
      other.leave();
    }
  }

  @Test
  void noWayToDropRoot_isRefusedInOneLine() throws Exception {
    assumeTrue(RunAs.effectiveUid() == 0);
    try (ChildNode node = ChildNode.launch(directory, "env", "PATH=/nonexistent")) {
      assertThat(node.refusal())
          .contains("does not run as uid 0 here")
          .contains("expected: setpriv or unshare of util-linux");
    }
  }

  @Test
  void server_seesNothingOfTheNodesEnvironment() throws Exception {
    prepared(directory);
    try (ChildNode node = ChildNode.launch(directory)) {
      node.port();
      Path environment = Path.of("/proc", Long.toString(postmaster(directory)), "environ");
      assertThat(Files.readString(environment, StandardCharsets.ISO_8859_1))
          .contains("TZ=UTC")
          .doesNotContain("STARLING_TEST_SECRET");
      node.leave();
    }
  }

  private boolean appeared(String pattern) {
    Path home = directory.resolve("postgres");
    int slash = pattern.indexOf('/');
    String first = slash < 0 ? pattern : pattern.substring(0, slash);
    String rest = slash < 0 ? "" : pattern.substring(slash + 1);
    if (!Files.isDirectory(home)) {
      return false;
    }
    try (var matches = Files.newDirectoryStream(home, first)) {
      for (Path match : matches) {
        if (Files.exists(match.resolve(rest))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
