package dev.starling.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * The embedded PostgreSQL of nodes with a common data directory, which outlives nodes that are
 * killed.
 */
public final class Database {
  private final Path pidFile;
  private final Path settings;

  public Database(Path dataDirectory) {
    Path data = dataDirectory.resolve("postgres/data");
    this.pidFile = data.resolve("postmaster.pid");
    this.settings = data.resolve("postgresql.auto.conf");
  }

  /** Its process. */
  public long pid() {
    try {
      return Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes each commit take so much longer, without computing, as on a disk behind a network. */
  public void slowCommits(long millis) {
    String longer =
        "commit_siblings = 0\ncommit_delay = %d\n"
            .formatted(TimeUnit.MILLISECONDS.toMicros(millis));
    try {
      Files.writeString(settings, longer, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.run("kill", "-HUP", Long.toString(pid()));
  }

  /** Ends it, if it runs. */
  public void end() {
    if (Files.exists(pidFile)) {
      ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
    }
  }
}
