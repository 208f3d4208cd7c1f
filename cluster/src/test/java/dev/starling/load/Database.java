package dev.starling.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The embedded PostgreSQL of nodes with a common data directory, which outlives nodes that are
 * killed.
 */
public final class Database {
  private final Path pidFile;

  public Database(Path dataDirectory) {
    this.pidFile = dataDirectory.resolve("postgres/data/postmaster.pid");
  }

  /** Its process. */
  public long pid() {
    try {
      return Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, if it runs. */
  public void end() {
    if (Files.exists(pidFile)) {
      ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroy);
    }
  }
}
