package dev.starling.chaos.orders;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * Copies a server's data while it runs, by PostgreSQL's low-level backup API, since the embedded
 * programs have no {@code pg_basebackup}.
 */
final class Backup extends SimpleFileVisitor<Path> {
  /**
   * Of the running server alone. The log is copied at the end, when all that is needed is there.
   */
  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "standby.signal", "postgresql.auto.conf");

  /** Their directories are needed, their files are not. */
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans",
          "log");

  private final Path from;
  private final Path to;
  private final boolean onlyLog;

  private Backup(Path from, Path to, boolean onlyLog) {
    this.from = from;
    this.to = to;
    this.onlyLog = onlyLog;
  }

  /**
   * @param home of the new server; must not exist
   */
  static void of(PhysicalServer server, Path home) throws IOException, SQLException {
    Path data = home.resolve("data");
    Files.createDirectories(home);
    Files.copy(server.home().resolve("credentials"), home.resolve("credentials"));
    Files.setPosixFilePermissions(
        home.resolve("credentials"), PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    Path source = server.home().resolve("data");
    try (Connection connection = server.superuser("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('replica', true)");
      Files.walkFileTree(source, new Backup(source, data, false));
      try (ResultSet stopped =
          statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        stopped.next();
        Files.writeString(data.resolve("backup_label"), stopped.getString(1));
      }
    }
    Path log = source.resolve("pg_wal");
    Files.walkFileTree(log, new Backup(log, data.resolve("pg_wal"), true));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    Files.createDirectories(to.resolve(from.relativize(directory).toString()));
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    Path relative = from.relativize(file);
    boolean wanted =
        onlyLog
            || !LEFT_OUT.contains(relative.toString())
                && !EMPTIED.contains(relative.getName(0).toString());
    if (wanted) {
      try {
        Files.copy(file, to.resolve(relative.toString()));
      } catch (NoSuchFileException gone) {
        // Dropped meanwhile; the log says so too.
        assert !Files.exists(file);
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }
}
