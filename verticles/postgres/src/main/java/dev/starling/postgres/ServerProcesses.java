package dev.starling.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code /proc} tells about the processes of one data directory.
 *
 * <p>A number in {@code postmaster.pid} proves nothing: after a {@code kill -9} it may belong to
 * another program, or to a zombie that nobody reaps. The command line does, and unlike the working
 * directory everybody may read it.
 */
final class ServerProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final Duration EXIT_LIMIT = Duration.ofSeconds(5);
  private static final long POLL_MILLIS = 10;

  private final Path data;
  private final String clusterName;

  /**
   * @param clusterName the server's setting, which its processes show in their command line
   */
  ServerProcesses(Path data, String clusterName) {
    this.data = data;
    this.clusterName = clusterName;
  }

  /** The postmaster of this directory, ready or not. */
  Optional<Long> postmaster() {
    return recordedPid().filter(pid -> commandLine(pid).contains("\0-D\0" + data + "\0"));
  }

  /**
   * Prepares a start after a crash; call when there is no postmaster.
   *
   * <p>The children of a killed postmaster notice its death and exit. One that computes without
   * looking up is killed, which is safe because it can no longer commit. Then {@code
   * postmaster.pid} is removed if its number is in use, for PostgreSQL would take that process for
   * a running server; a number that is not in use it recognises itself.
   */
  void clear() throws IOException {
    awaitExit();
    Optional<Long> pid = recordedPid();
    if (pid.isPresent() && Files.exists(PROC.resolve(pid.get().toString()))) {
      Files.delete(pidFile());
    }
  }

  private void awaitExit() throws IOException {
    Pause exit = Pause.every(POLL_MILLIS, EXIT_LIMIT);
    Pause death = Pause.every(POLL_MILLIS, EXIT_LIMIT.multipliedBy(2));
    for (List<Long> left = children(); !left.isEmpty(); left = children()) {
      if (death.over()) {
        throw new PostgresException(
            "processes " + left + " of a dead PostgreSQL in " + data + " cannot be killed");
      }
      if (exit.over()) {
        left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      }
      exit.once();
    }
  }

  private List<Long> children() throws IOException {
    try (Stream<Path> processes = Files.list(PROC)) {
      return processes
          .map(path -> path.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::parseLong)
          .filter(pid -> commandLine(pid).startsWith("postgres: " + clusterName + ": "))
          .toList();
    }
  }

  private Optional<Long> recordedPid() {
    try (Stream<String> lines = Files.lines(pidFile())) {
      return lines.findFirst().map(String::strip).map(Long::parseLong);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private Path pidFile() {
    return data.resolve("postmaster.pid");
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(
          PROC.resolve(Long.toString(pid)).resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
