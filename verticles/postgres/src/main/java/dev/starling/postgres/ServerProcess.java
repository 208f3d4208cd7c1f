package dev.starling.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server over one data directory: made, found, started and stopped.
 *
 * <p>Blocking; the caller holds the control lock, so nobody else starts or stops it meanwhile.
 */
final class ServerProcess {
  static final String SUPERUSER = "postgres";

  private static final Duration INIT_LIMIT = Duration.ofMinutes(1);
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration FAST_STOP_LIMIT = Duration.ofSeconds(10);
  private static final Duration IMMEDIATE_STOP_LIMIT = Duration.ofSeconds(5);
  private static final Duration MARGIN = Duration.ofSeconds(5);
  private static final String PARTIAL = FileTrees.PARTIAL + "data-";

  private final Path home;
  private final Path data;
  private final ServerBinaries binaries;
  private final ServerProcesses processes;
  private final ServerLog log;
  private @Nullable RunAs runAs;

  /** The server that lives in {@code home}, a real path. */
  ServerProcess(Path home, ServerBinaries binaries, ServerProcesses processes) {
    this.home = home;
    this.data = home.resolve("data");
    this.binaries = binaries;
    this.processes = processes;
    this.log = new ServerLog(data);
  }

  boolean initialized() {
    return Files.exists(data);
  }

  /** Makes the data directory: whole or not at all, whenever this process is killed. */
  void initialize(String superuserPassword) throws IOException {
    Path partial = Files.createTempDirectory(home, PARTIAL);
    Path passwordFile = Files.createTempFile(home, PARTIAL, ".password");
    try {
      Files.writeString(passwordFile, superuserPassword + "\n");
      RunAs way = runAs();
      FileTrees.changeOwner(partial, way.uid(), way.gid());
      FileTrees.changeOwner(passwordFile, way.uid(), way.gid());
      Command.Result result =
          Command.run(
              home,
              way.line(
                  binaries.program("initdb"),
                  "--pgdata=" + partial,
                  "--username=" + SUPERUSER,
                  "--pwfile=" + passwordFile,
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  "--locale=C",
                  "--locale-provider=builtin",
                  "--builtin-locale=C.UTF-8"),
              INIT_LIMIT);
      if (!result.succeeded()) {
        throw new PostgresException("initdb failed (" + way.name() + "): " + result.output());
      }
      FileTrees.move(partial, data);
    } finally {
      Files.deleteIfExists(passwordFile);
      FileTrees.delete(partial);
    }
  }

  /** Frees the disk of what an upgrade left behind; no other process may use it. */
  void deleteOtherReleases() throws IOException {
    binaries.deleteOthers();
  }

  /** Refuses a data directory of another major release, which these programs cannot read. */
  void checkRelease() throws IOException {
    String release = Files.readString(data.resolve("PG_VERSION")).strip();
    if (!release.equals(ServerBinaries.majorVersion())) {
      throw new PostgresException(
          data
              + ": made by PostgreSQL "
              + release
              + " (expected: "
              + ServerBinaries.majorVersion()
              + "; dump and restore it)");
    }
  }

  /** Starts the server and waits until it answers, or has failed, or a minute has passed. */
  void launch(int port) throws IOException {
    processes.clear();
    RunAs way = runAs();
    if (FileTrees.ownerOf(data) != way.uid()) {
      FileTrees.changeOwner(data, way.uid(), way.gid());
    }
    Path configuration = home.resolve("postgresql.conf");
    Path access = home.resolve("pg_hba.conf");
    FileTrees.write(configuration, ServerSettings.configuration(port), "rw-r--r--");
    FileTrees.write(access, ServerSettings.access(), "rw-r--r--");
    Files.deleteIfExists(log.start());
    // pg_ctl gives the server a session of its own: a Ctrl-C in the node's terminal passes it by.
    Command.Result result =
        Command.run(
            home,
            way.line(
                binaries.program("pg_ctl"),
                "start",
                "--wait",
                "--timeout=" + START_LIMIT.toSeconds(),
                "--pgdata=" + data,
                "--log=" + log.start(),
                "--options=-c "
                    + processes.mark()
                    + " -c config_file='"
                    + configuration
                    + "' -c hba_file='"
                    + access
                    + "'"),
            START_LIMIT.plus(MARGIN));
    if (!result.succeeded() && !processes.alive()) {
      throw new PostgresException("PostgreSQL did not start (" + way.name() + "): " + log.tail());
    }
  }

  /** Stops the server: fast, or at once when ten seconds were not enough. */
  void stop() {
    if (!processes.alive() || stopped("fast", FAST_STOP_LIMIT)) {
      return;
    }
    if (!stopped("immediate", IMMEDIATE_STOP_LIMIT)) {
      throw new PostgresException("PostgreSQL in " + data + " does not stop");
    }
  }

  private boolean stopped(String mode, Duration limit) {
    Command.Result result =
        Command.run(
            home,
            runAs()
                .line(
                    binaries.program("pg_ctl"),
                    "stop",
                    "--wait",
                    "--mode=" + mode,
                    "--timeout=" + limit.toSeconds(),
                    "--pgdata=" + data),
            limit.plus(MARGIN));
    return result.succeeded() || !processes.alive();
  }

  private RunAs runAs() {
    RunAs way = runAs;
    if (way == null) {
      way = RunAs.choose(binaries.program("postgres"), data);
      runAs = way;
    }
    return way;
  }
}
