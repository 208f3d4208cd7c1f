package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.PostgresException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where the shards are, how large they are, and what else an operator wants to see of their
 * databases. Immutable.
 *
 * @param databases home first
 * @param shards by number
 * @param leftOver schemas that nobody uses any more
 */
public record ShardReport(
    List<DatabaseRow> databases, List<ShardRow> shards, List<LeftOverRow> leftOver) {
  private static final long LAG_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MEBIBYTE = 1024.0 * 1024.0;

  private static final String WRITTEN =
      "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint";
  private static final String REPLAYED =
      """
      SELECT CASE WHEN pg_is_in_recovery()
        THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END""";
  private static final String LEFT_OVER =
      "SELECT nspname FROM pg_namespace WHERE nspname ~ '^shard_[0-9]{2}_moved_[0-9]+$' ORDER BY 1";

  /**
   * A database.
   *
   * @param problem why it cannot be used; empty when it can
   * @param bytes of its shards
   */
  public record DatabaseRow(
      String name,
      String endpoint,
      String problem,
      List<Integer> shards,
      long bytes,
      List<ReplicaRow> replicas) {}

  /**
   * A replica.
   *
   * @param problem why it is not read; empty when it is
   * @param lagSeconds how long it took to replay what the primary had written when asked; null when
   *     that is not known
   */
  public record ReplicaRow(
      String name, String endpoint, String problem, @Nullable Double lagSeconds) {}

  /**
   * A shard.
   *
   * @param bytes of its tables and indexes; null when its database cannot be asked
   */
  public record ShardRow(
      int shard, String schema, String database, long epoch, @Nullable Long bytes) {}

  /** What a move has left at the old place. */
  public record LeftOverRow(String schema, String database, long bytes) {}

  public ShardReport {
    databases = List.copyOf(databases);
    shards = List.copyOf(shards);
    leftOver = List.copyOf(leftOver);
  }

  /** Asks all of them; blocking, some seconds at the most for each. */
  public static ShardReport of(ShardCluster cluster) {
    try (Session home = cluster.checkedSession(ShardDatabaseConfig.HOME)) {
      return of(cluster, cluster.placement(home));
    } catch (SQLException e) {
      throw new PostgresException(
          cluster.endpoint(ShardDatabaseConfig.HOME) + ": " + e.getMessage(), e);
    }
  }

  private static ShardReport of(ShardCluster cluster, Placement placement) {
    List<DatabaseRow> databases = new ArrayList<>();
    List<LeftOverRow> leftOver = new ArrayList<>();
    Long[] bytes = new Long[Shards.COUNT];
    for (String name : cluster.names()) {
      String problem = "";
      List<ReplicaRow> replicas = List.of();
      try (Session session = cluster.checkedSession(name)) {
        for (int shard : placement.in(name)) {
          bytes[shard] = ShardTables.bytes(session, Shards.schema(shard));
        }
        for (String schema : session.texts(LEFT_OVER)) {
          leftOver.add(new LeftOverRow(schema, name, ShardTables.bytes(session, schema)));
        }
        replicas = replicas(cluster, name, session);
      } catch (SQLException | RuntimeException e) {
        problem = String.valueOf(e.getMessage());
      }
      List<Integer> held = placement.in(name);
      long sum = held.stream().mapToLong(shard -> bytes[shard] == null ? 0 : bytes[shard]).sum();
      databases.add(
          new DatabaseRow(name, cluster.endpoint(name).toString(), problem, held, sum, replicas));
    }
    List<ShardRow> shards = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      Placement.Place place = placement.of(shard);
      shards.add(
          new ShardRow(shard, Shards.schema(shard), place.database(), place.epoch(), bytes[shard]));
    }
    return new ShardReport(databases, shards, leftOver);
  }

  private static List<ReplicaRow> replicas(ShardCluster cluster, String name, Session primary)
      throws SQLException {
    List<ReplicaRow> rows = new ArrayList<>();
    for (PostgresEndpoint endpoint : cluster.replicas(name)) {
      String replica = name + "-" + (rows.size() + 1);
      try (Session session = new Session(endpoint)) {
        long written = primary.number(WRITTEN);
        rows.add(lag(replica, endpoint, session, written));
      } catch (SQLException e) {
        rows.add(
            new ReplicaRow(replica, endpoint.toString(), String.valueOf(e.getMessage()), null));
      }
    }
    return rows;
  }

  private static ReplicaRow lag(
      String name, PostgresEndpoint endpoint, Session session, long written) throws SQLException {
    long beganNanos = System.nanoTime();
    while (true) {
      String replayed = session.text(REPLAYED);
      long tookNanos = System.nanoTime() - beganNanos;
      if (replayed == null) {
        return new ReplicaRow(name, endpoint.toString(), "is no replica", null);
      }
      if (Long.parseLong(replayed) >= written) {
        return new ReplicaRow(name, endpoint.toString(), "", tookNanos / NANOS_PER_SECOND);
      }
      if (tookNanos > LAG_LIMIT_NANOS) {
        return new ReplicaRow(name, endpoint.toString(), "more than 2 s behind", null);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** For people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    for (DatabaseRow database : databases) {
      text.append(
          line(
              "%-16s %2d shards %10s  %s%s",
              database.name(),
              database.shards().size(),
              size(database.bytes()),
              database.endpoint(),
              database.problem().isEmpty() ? "" : "  AWAY: " + database.problem()));
      for (ReplicaRow replica : database.replicas()) {
        text.append(
            line(
                "  replica %-16s lag %s  %s",
                replica.name(),
                replica.lagSeconds() == null
                    ? replica.problem()
                    : "%.3f s".formatted(replica.lagSeconds()),
                replica.endpoint()));
      }
    }
    text.append(line(""))
        .append(line("%-10s %-16s %5s %10s", "shard", "database", "epoch", "size"));
    for (ShardRow shard : shards) {
      text.append(
          line(
              "%-10s %-16s %5d %10s",
              shard.schema(),
              shard.database(),
              shard.epoch(),
              shard.bytes() == null ? "?" : size(shard.bytes())));
    }
    for (LeftOverRow left : leftOver) {
      text.append(
          line(
              "left over: %s in %s, %s (to drop it: shards drop-moved %s)",
              left.schema(),
              left.database(),
              size(left.bytes()),
              Integer.parseInt(left.schema().substring(6, 8))));
    }
    return text.toString();
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments).stripTrailing() + System.lineSeparator();
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
  }
}
