package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.PostgresException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a shard on their way to another database: publication, slot and subscription.
 *
 * <p>Blocking, and used by one thread. The partitions of a table go each by itself, since both
 * places have the same ones; so emptying one is carried over too.
 */
final class MoveStream {
  private static final long MEBIBYTE = 1024 * 1024;

  private final ShardCluster cluster;
  private final MoveNames names;
  private final String from;
  private final String to;
  private final Session source;
  private final Session target;
  private List<String> tables = List.of();
  private long subscription;
  private String slot = "";

  MoveStream(
      ShardCluster cluster,
      MoveNames names,
      String from,
      String to,
      Session source,
      Session target) {
    this.cluster = cluster;
    this.names = names;
    this.from = from;
    this.to = to;
    this.source = source;
    this.target = target;
  }

  /**
   * How far the copy is.
   *
   * @param ready tables that have been copied and follow what changes
   * @param errors how often the target could not do what it had to
   */
  record Progress(int ready, int tables, long copiedBytes, long bytes, long lagBytes, long errors) {
    boolean isCopied() {
      return ready == tables;
    }

    String text() {
      return "%d of %d tables, %.1f of %.1f MiB, %.1f MiB of log behind"
          .formatted(
              ready,
              tables,
              (double) copiedBytes / MEBIBYTE,
              (double) bytes / MEBIBYTE,
              (double) lagBytes / MEBIBYTE);
    }
  }

  /** The tables that are copied. */
  List<String> tables() {
    return tables;
  }

  /** Refuses servers that cannot do it. */
  void check() throws SQLException {
    require(
        target.is("SELECT to_regclass('shard_host.label') IS NOT NULL"),
        "no node has used " + to + " yet (expected: all nodes started with its entry)");
    String level = source.text("SHOW wal_level");
    require(
        "logical".equals(level), "wal_level of " + from + ": " + level + " (expected: logical)");
    require(
        source.is("SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user"),
        "the role of " + from + " may not replicate (expected: ALTER ROLE … REPLICATION)");
    require(
        target.is(
            "SELECT rolsuper OR EXISTS (SELECT FROM pg_roles WHERE rolname ="
                + " 'pg_create_subscription' AND pg_has_role(current_user, oid, 'USAGE'))"
                + " FROM pg_roles WHERE rolname = current_user"),
        "the role of "
            + to
            + " may not subscribe (expected: GRANT pg_create_subscription TO …, PostgreSQL 16)");
    List<String> without = ShardTables.withoutIdentity(source, names.schema());
    require(
        without.isEmpty(),
        "tables of "
            + names.schema()
            + " without a primary key: "
            + without
            + " (expected: one, or REPLICA IDENTITY FULL)");
    require(
        !ShardTables.locked(source, names.schema()).isEmpty(),
        names.schema() + " has no tables (expected: a cluster whose services have been started)");
  }

  /** Begins to copy into the tables of the target, which are emptied before. */
  void open() throws SQLException {
    tables = ShardTables.copied(source, names.schema());
    List<String> there = ShardTables.copied(target, names.schema());
    require(
        there.equals(tables),
        "tables of %s in %s: %s, in %s: %s (expected: the same)"
            .formatted(names.schema(), from, tables, to, there));
    // A migration may have put rows into them.
    target.execute(
        "TRUNCATE "
            + ShardTables.qualified(names.schema(), ShardTables.locked(target, names.schema())));
    String marks = "CREATE TABLE " + names.marks() + " (mark uuid PRIMARY KEY)";
    source.execute(marks);
    target.execute(marks);
    source.execute(
        "CREATE PUBLICATION %s FOR TABLE %s, %s"
            .formatted(
                names.publication(), ShardTables.qualified(names.schema(), tables), names.marks()));
    slot = names.slot(source);
    source.texts("SELECT pg_create_logical_replication_slot(?, 'pgoutput')", slot);
    target.execute(
        "CREATE SUBSCRIPTION %s CONNECTION %s PUBLICATION %s WITH (create_slot = false, slot_name = '%s')"
            .formatted(
                names.subscription(),
                quoted(connection(cluster.endpoint(from))),
                names.publication(),
                slot));
    subscription =
        target.number(
            "SELECT s.oid FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
                + " WHERE d.datname = current_database() AND subname = ?",
            names.subscription());
  }

  /** Refuses a shard that has got other tables since the copy began. */
  void checkTables(Session holder) throws SQLException {
    List<String> now = ShardTables.copied(holder, names.schema());
    require(
        now.equals(tables),
        "the tables of " + names.schema() + " have changed: " + now + ", not " + tables);
  }

  Progress progress() throws SQLException {
    int ready =
        (int)
            target.number(
                "SELECT count(*) FROM pg_subscription_rel WHERE srsubid = ? AND srsubstate = 'r'",
                subscription);
    long errors =
        target.number(
            "SELECT apply_error_count + sync_error_count FROM pg_stat_subscription_stats"
                + " WHERE subid = ?",
            subscription);
    long lag =
        source.number(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint"
                + " FROM pg_replication_slots WHERE slot_name = ?",
            slot);
    return new Progress(
        ready,
        // The marks are one more.
        tables.size() + 1,
        ShardTables.bytes(target, names.schema()),
        ShardTables.bytes(source, names.schema()),
        lag,
        errors);
  }

  /** Puts a mark into the stream, behind everything that is committed. */
  UUID mark() throws SQLException {
    UUID mark = UUID.randomUUID();
    source.update("INSERT INTO " + names.marks() + " VALUES (?)", mark);
    return mark;
  }

  /** Whether a mark, and so everything before it, is at the target. */
  boolean hasArrived(UUID mark) throws SQLException {
    return target.is("SELECT EXISTS (SELECT FROM " + names.marks() + " WHERE mark = ?)", mark);
  }

  /**
   * Sets the sequences of the target to where they are here, and makes all that has arrived durable
   * there.
   */
  void takeSequences(Session holder) throws SQLException {
    List<String> positions = ShardTables.sequences(holder, names.schema());
    if (!positions.isEmpty()) {
      target.texts("SELECT " + String.join(", ", positions));
    }
    // What a subscription applies is not flushed at each commit; this commit is, and what is
    // before.
    target.execute("SET synchronous_commit = on");
    target.update("DELETE FROM " + names.marks());
  }

  private static void require(boolean met, String otherwise) {
    if (!met) {
      throw new PostgresException(otherwise);
    }
  }

  /** For libpq of the target's server. */
  private static String connection(PostgresEndpoint endpoint) {
    return "host=%s port=%d dbname=%s user=%s password=%s sslmode=%s%s"
        .formatted(
            value(endpoint.host()),
            endpoint.port(),
            value(endpoint.database()),
            value(endpoint.user()),
            value(endpoint.password()),
            endpoint.tls().sslmode(),
            certificate(endpoint.rootCertificate()));
  }

  private static String certificate(@Nullable String file) {
    return file == null ? "" : " sslrootcert=" + value(file);
  }

  private static String value(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static String quoted(String text) {
    return text.contains("\\")
        ? "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
        : "'" + text.replace("'", "''") + "'";
  }
}
