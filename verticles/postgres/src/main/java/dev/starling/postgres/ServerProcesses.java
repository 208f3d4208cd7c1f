package dev.starling.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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

  private static final int PID_LINE = 0;
  private static final int PORT_LINE = 3;

  private final Path data;
  private final String clusterName;

  /** The processes of the server in {@code home}, a real path. */
  ServerProcesses(Path home) throws IOException {
    this.data = home.resolve("data");
    // Unique on this host: a container may have the same path, but not the same inode.
    Object inode = Files.readAttributes(home, BasicFileAttributes.class).fileKey();
    this.clusterName = "starling-" + HostIdentity.hash(home + " " + inode).substring(0, 8);
  }

  /** The setting to start the postmaster with, by which it is known again. */
  String mark() {
    return "cluster_name=" + clusterName;
  }

  /** Whether the postmaster of this directory runs, ready or not. */
  boolean alive() {
    return recorded(PID_LINE).filter(this::isPostmaster).isPresent();
  }

  /** The port that the running postmaster has, as soon as it has one. */
  Optional<Integer> port() {
    return alive() ? recorded(PORT_LINE) : Optional.empty();
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
    Optional<Integer> pid = recorded(PID_LINE);
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

  private boolean isPostmaster(long pid) {
    return commandLine(pid).contains("\0" + mark() + "\0");
  }

  private Optional<Integer> recorded(int line) {
    try (Stream<String> lines = Files.lines(pidFile(), StandardCharsets.ISO_8859_1)) {
      return lines.skip(line).findFirst().map(String::strip).map(Integer::parseInt);
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      // No such file, or not yet that line.
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
