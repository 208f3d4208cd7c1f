package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A moment in which nobody writes to a shard, or nobody uses it at all: a transaction that holds
 * its tables. It ends at the latest when the server ends it, should this process stand still.
 *
 * <p>Blocking, and used by one thread.
 */
final class MovePause implements AutoCloseable {
  /** So long it waits for a table, and others behind it; then it lets them go first. */
  private static final String LOCK_TIMEOUT = "100ms";

  private static final long LOCK_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int MIN_REST_MILLIS = 50;
  private static final int MAX_REST_MILLIS = 250;
  private static final double NANOS_PER_MILLI = 1e6;

  /** lock_not_available, deadlock_detected. */
  private static final List<String> BUSY = List.of("55P03", "40P01");

  private static final String EVERY_USER =
      """
      INSERT INTO users.changes (user_id, version, deleted)
      VALUES ('00000000-0000-0000-0000-000000000000', 0, true)
      ON CONFLICT DO NOTHING""";

  private final Session session;
  private final MoveNames names;
  private final long limitNanos;
  private long beganNanos;
  private boolean open;

  private MovePause(Session session, MoveNames names, Duration limit) {
    this.session = session;
    this.names = names;
    this.limitNanos = limit.toNanos();
  }

  static MovePause ofWriters(ShardCluster cluster, MoveNames names, String database, Duration limit)
      throws SQLException {
    return begin(cluster, names, database, limit, "SHARE");
  }

  static MovePause ofEverybody(
      ShardCluster cluster, MoveNames names, String database, Duration limit) throws SQLException {
    return begin(cluster, names, database, limit, "ACCESS EXCLUSIVE");
  }

  private static MovePause begin(
      ShardCluster cluster, MoveNames names, String database, Duration limit, String mode)
      throws SQLException {
    Session session = cluster.session(database);
    try {
      MovePause pause = new MovePause(session, names, limit);
      pause.begin(mode);
      return pause;
    } catch (SQLException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private void begin(String mode) throws SQLException {
    session.execute("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
    session.execute(
        "SET idle_in_transaction_session_timeout = "
            + TimeUnit.NANOSECONDS.toMillis(2 * limitNanos));
    String tables =
        ShardTables.qualified(names.schema(), ShardTables.locked(session, names.schema()));
    long giveUpNanos = System.nanoTime() + LOCK_PATIENCE_NANOS;
    while (true) {
      session.begin();
      beganNanos = System.nanoTime();
      try {
        session.execute("LOCK TABLE " + tables + " IN " + mode + " MODE");
        open = true;
        return;
      } catch (SQLException e) {
        session.rollback();
        if (!BUSY.contains(String.valueOf(e.getSQLState()))) {
          throw e;
        }
        if (System.nanoTime() - giveUpNanos > 0) {
          throw new PostgresException(
              names.schema() + " is never free: transactions hold its tables for long", e);
        }
      }
      int rest = ThreadLocalRandom.current().nextInt(MIN_REST_MILLIS, MAX_REST_MILLIS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(rest));
    }
  }

  /** The one that holds the tables. */
  Session session() {
    return session;
  }

  /** Waits for a mark, but no longer than others may be kept waiting; says whether it came. */
  boolean await(MoveStream stream, UUID mark) throws SQLException {
    while (!stream.hasArrived(mark)) {
      if (System.nanoTime() - beganNanos > limitNanos) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** Takes the shard away from here, for good: who waits finds no table. */
  void rename(String moved) throws SQLException {
    if (session.is("SELECT to_regclass('users.changes') IS NOT NULL")) {
      // What nodes remember of the users here they must ask for again, at the new place.
      session.execute(EVERY_USER);
    }
    session.execute("ALTER SCHEMA " + names.schema() + " RENAME TO " + moved);
    session.commit();
    open = false;
  }

  /** Lets everybody go on, and says for how many milliseconds they could not. */
  double end() throws SQLException {
    double millis = (System.nanoTime() - beganNanos) / NANOS_PER_MILLI;
    close();
    return millis;
  }

  @Override
  public void close() throws SQLException {
    if (open) {
      open = false;
      session.rollback();
    }
    session.close();
  }
}
