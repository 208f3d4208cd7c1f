package dev.starling.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The way to run server programs, which refuse to run as root, and as a user without a name.
 *
 * <p>An ordinary user runs them as they are. Root first tries to become an unprivileged user with
 * {@code setpriv}: the server then cannot touch root's files, but every directory above the data
 * must let that user pass. Where that fails, and for a number without a name (common in
 * containers), {@code unshare -U} starts the programs in a user namespace without a mapping: they
 * see themselves as nobody, and need no other owner.
 *
 * @param command what to put before a program
 * @param uid the owner that the data directory needs
 */
record RunAs(String name, List<String> command, int uid, int gid) {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PASSWD = Path.of("/etc/passwd");
  private static final List<String> UNPRIVILEGED = List.of("starling", "postgres", "nobody");
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
  private static final int ROOT = 0;

  /**
   * Finds a way that works here, starting with the one that the present owner of the data needs.
   *
   * @param program a program of the server, run to try each way
   * @param dataDirectory may be absent; its parent must not
   */
  static RunAs choose(Path program, Path dataDirectory) {
    try {
      int self = effectiveUid();
      List<String> tried = new ArrayList<>();
      for (RunAs way : self == ROOT ? waysOfRoot(dataDirectory) : waysOf(self)) {
        Command.Result result = way.probe(program, dataDirectory.getParent());
        if (result.succeeded()) {
          return way;
        }
        tried.add(way.name + ": " + result.output());
      }
      throw new PostgresException(
          "embedded PostgreSQL does not run as uid "
              + self
              + " here (expected: setpriv or unshare of util-linux, a node started as a user with a"
              + " name, or postgres.uri); tried "
              + String.join("; ", tried));
    } catch (IOException e) {
      throw new PostgresException("embedded PostgreSQL: cannot tell which user this is: " + e, e);
    }
  }

  /**
   * Whether the program can be run from {@code home} this way. The shell in between matters:
   * setpriv keeps root's capabilities until its own exec, so that it would start a program which
   * then cannot read its libraries.
   */
  private Command.Result probe(Path program, Path home) {
    List<String> line = line(SHELL, "-c", "id -un && cd \"$1\" && exec \"$0\" --version");
    line.add(program.toString());
    line.add(home.toString());
    return Command.run(home, line, PROBE_LIMIT);
  }

  /** The full command line that runs {@code program} this way. */
  List<String> line(Path program, String... arguments) {
    List<String> line = new ArrayList<>(command);
    line.add(program.toString());
    Collections.addAll(line, arguments);
    return line;
  }

  static int effectiveUid() throws IOException {
    // "Uid:", then the real, effective, saved and file system uid.
    try (Stream<String> lines = Files.lines(STATUS, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("Uid:"))
          .map(line -> line.split("\\s+", -1)[2])
          .findFirst()
          .map(Integer::parseInt)
          .orElseThrow(() -> new IOException(STATUS + ": no Uid (expected: a line Uid:)"));
    }
  }

  private static List<RunAs> waysOf(int self) {
    return List.of(new RunAs("as uid " + self, List.of(), self, self), unshare(self));
  }

  /** First those that leave the data with the owner it has. */
  private static List<RunAs> waysOfRoot(Path dataDirectory) throws IOException {
    List<RunAs> ways = new ArrayList<>();
    for (String user : UNPRIVILEGED) {
      try (Stream<String> lines = Files.lines(PASSWD, StandardCharsets.ISO_8859_1)) {
        lines
            .map(line -> line.split(":", -1))
            .filter(fields -> fields.length > 3 && fields[0].equals(user))
            .findFirst()
            .map(fields -> setpriv(user, Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
            .ifPresent(ways::add);
      }
    }
    ways.add(unshare(ROOT));
    if (Files.exists(dataDirectory)) {
      int owner = FileTrees.ownerOf(dataDirectory);
      if (ways.stream().noneMatch(way -> way.uid == owner)) {
        ways.add(setpriv("uid " + owner, owner, owner));
      }
      ways.sort(Comparator.comparing(way -> way.uid != owner));
    }
    return ways;
  }

  private static RunAs unshare(int self) {
    return new RunAs("unshare -U", List.of("unshare", "-U"), self, self);
  }

  private static RunAs setpriv(String user, int uid, int gid) {
    return new RunAs(
        "setpriv to " + user,
        List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--no-new-privs"),
        uid,
        gid);
  }
}
