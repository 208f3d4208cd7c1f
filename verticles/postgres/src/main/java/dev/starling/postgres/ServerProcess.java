package dev.starling.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
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
  private static final Duration ORPHAN_LIMIT = Duration.ofSeconds(5);
  private static final Duration MARGIN = Duration.ofSeconds(5);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final String PARTIAL = FileTrees.PARTIAL + "data-";

  private final Path home;
  private final Path data;
  private final ServerBinaries binaries;
  private final String clusterName;
  private @Nullable RunAs runAs;

  /** The server that lives in {@code home}, a real path. */
  ServerProcess(Path home, ServerBinaries binaries) {
    this.home = home;
    this.data = home.resolve("data");
    this.binaries = binaries;
    this.clusterName = "starling-" + HostIdentity.hash(home.toString()).substring(0, 8);
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

  /** Whether a postmaster of this very directory runs, ready or not. */
  boolean alive() {
    return postmaster().isPresent();
  }

  /** Starts the server and waits until it answers, or has failed, or a minute has passed. */
  void launch(int port) throws IOException {
    awaitOrphans();
    forgetReusedPid();
    RunAs way = runAs();
    if (FileTrees.ownerOf(data) != way.uid()) {
      FileTrees.changeOwner(data, way.uid(), way.gid());
    }
    Path configuration = home.resolve("postgresql.conf");
    Path access = home.resolve("pg_hba.conf");
    FileTrees.write(configuration, ServerSettings.configuration(port, clusterName), "rw-r--r--");
    FileTrees.write(access, ServerSettings.access(), "rw-r--r--");
    Path log = data.resolve("start.log");
    Files.deleteIfExists(log);
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
                "--log=" + log,
                "--options=-c config_file='" + configuration + "' -c hba_file='" + access + "'"),
            START_LIMIT.plus(MARGIN));
    if (!result.succeeded() && !alive()) {
      throw new PostgresException(
          "PostgreSQL did not start (" + way.name() + "): " + lastLines(log));
    }
  }

  /** Stops the server: fast, or at once when ten seconds were not enough. */
  void stop() {
    if (!alive() || stopped("fast", FAST_STOP_LIMIT)) {
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
    return result.succeeded() || !alive();
  }

  private RunAs runAs() {
    RunAs way = runAs;
    if (way == null) {
      way = RunAs.choose(binaries.program("postgres"), data);
      runAs = way;
    }
    return way;
  }

  private Optional<Long> postmaster() {
    try (Stream<String> lines = Files.lines(data.resolve("postmaster.pid"))) {
      return lines
          .findFirst()
          .map(Long::parseLong)
          .filter(pid -> commandLine(pid).contains("\0-D\0" + data + "\0"));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Waits for the children of a postmaster that was killed. They notice its death and exit; one
   * that computes without looking up is killed, which is safe because it can no longer commit.
   */
  private void awaitOrphans() throws IOException {
    long deadlineNanos = System.nanoTime() + ORPHAN_LIMIT.toNanos();
    for (List<Long> orphans = children(); !orphans.isEmpty(); orphans = children()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        orphans.forEach(
            pid -> ProcessHandle.of(pid).ifPresent(process -> process.destroyForcibly()));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Removes a {@code postmaster.pid} whose number now belongs to another program, or to a zombie
   * that nobody reaps: PostgreSQL would take it for a running server. A number without a process
   * PostgreSQL recognises itself.
   */
  private void forgetReusedPid() throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    try (Stream<String> lines = Files.lines(file)) {
      String pid = lines.findFirst().orElse("").strip();
      if (pid.isEmpty() || Files.exists(Path.of("/proc", pid))) {
        Files.delete(file);
      }
    }
  }

  private List<Long> children() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .map(path -> path.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::parseLong)
          .filter(pid -> commandLine(pid).startsWith("postgres: " + clusterName + ": "))
          .toList();
    }
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private String lastLines(Path startLog) {
    try {
      StringBuilder text = new StringBuilder();
      for (Path log : List.of(startLog, newestLog())) {
        if (Files.exists(log)) {
          List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
          lines
              .subList(Math.max(0, lines.size() - 8), lines.size())
              .forEach(line -> text.append(line).append(" | "));
        }
      }
      return text.toString();
    } catch (IOException e) {
      return "see " + data.resolve("log");
    }
  }

  private Path newestLog() throws IOException {
    Path directory = data.resolve("log");
    if (!Files.isDirectory(directory)) {
      return directory;
    }
    Path newest = directory.resolve("absent");
    for (Path log : FileTrees.entries(directory, "")) {
      if (!Files.exists(newest)
          || Files.getLastModifiedTime(log).compareTo(Files.getLastModifiedTime(newest)) > 0) {
        newest = log;
      }
    }
    return newest;
  }
}
