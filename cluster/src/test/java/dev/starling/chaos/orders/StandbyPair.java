package dev.starling.chaos.orders;

import dev.starling.postgres.PostgresEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server and a streaming replica that has every commit before it is answered ({@code
 * synchronous_standby_names}), so that nothing acknowledged is lost when it takes over.
 *
 * <p>Used from one thread, which it blocks.
 */
final class StandbyPair implements AutoCloseable {
  private static final String STANDBY = "standby";
  private static final String IN_SYNC =
      "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'";

  private final Path directory;
  private PhysicalServer primary;
  private @Nullable PhysicalServer replica;
  private int seeds;

  private StandbyPair(Path directory) {
    this.directory = directory;
    this.primary = PhysicalServer.start(directory.resolve("seed-0"));
  }

  /** Starts both, the replica in sync. */
  static StandbyPair start(Path directory) {
    StandbyPair pair = new StandbyPair(directory);
    try {
      pair.rejoin();
      return pair;
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  PhysicalServer primary() {
    return primary;
  }

  /** Where the replica is, or the primary while there is none. */
  PostgresEndpoint replica() {
    PhysicalServer current = replica;
    return current == null ? primary.endpoint() : current.endpoint();
  }

  /** Starts the primary again after a crash, and waits until the replica follows. */
  void recover() {
    primary.recover();
    primary.await(IN_SYNC);
  }

  /** Kills the primary, which never comes back, and makes the replica the primary. */
  void promote() {
    PhysicalServer lost = primary;
    PhysicalServer next = replica;
    if (next == null) {
      throw new IllegalStateException("no replica (expected: rejoin before promote)");
    }
    lost.kill();
    next.execute("SELECT pg_promote(true, %d)".formatted(PhysicalServer.PATIENCE_SECONDS));
    primary = next;
    replica = null;
    lost.close();
  }

  /** Makes a new replica from a backup of the primary, and lets every commit wait for it. */
  void rejoin() {
    Path seed = directory.resolve("seed-" + ++seeds);
    try {
      Backup.of(primary, seed.resolve("postgres"));
      Path data = seed.resolve("postgres/data");
      Files.createFile(data.resolve("standby.signal"));
      Files.writeString(
          data.resolve("postgresql.auto.conf"),
          """
          primary_conninfo = 'host=127.0.0.1 port=%d user=postgres password=%s application_name=%s'
          wal_retrieve_retry_interval = '200ms'
          """
              .formatted(primary.port(), primary.password(), STANDBY));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException("the primary cannot be copied: " + e.getMessage(), e);
    }
    PhysicalServer fresh = PhysicalServer.start(seed);
    replica = fresh;
    primary.await("SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming'");
    primary.execute(
        "ALTER SYSTEM SET synchronous_standby_names = '" + STANDBY + "'",
        "SELECT pg_reload_conf()");
    primary.await(IN_SYNC);
  }

  @Override
  public void close() {
    PhysicalServer current = replica;
    if (current != null) {
      current.close();
    }
    primary.close();
  }
}
