package dev.starling.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of the embedded server, and the ones that every server must have.
 *
 * <p>A commit that was answered must survive a power failure: without these settings "COMMIT" means
 * nothing, so a node refuses to run. They are read back through SQL, because ALTER SYSTEM, ALTER
 * DATABASE and ALTER ROLE all override the configuration file.
 */
final class ServerSettings {
  /** What the embedded server must report. */
  static final Map<String, String> DURABLE =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "full_page_writes", "on",
          "wal_level", "logical");

  /**
   * What a server that is not ours must not report. Its WAL level is its own affair, and there are
   * storage systems on which {@code full_page_writes = off} is right.
   */
  private static final Map<String, String> CARELESS =
      Map.of("fsync", "off", "synchronous_commit", "off");

  /** Enough for 24 processes with the default pool; a slot costs some kilobytes. */
  private static final int MAX_CONNECTIONS = 400;

  private ServerSettings() {}

  /**
   * The whole {@code postgresql.conf}.
   *
   * <p>After a crash the server first flushes every file it has; {@code syncfs} does it in one call
   * instead of opening them one by one, which takes seconds for a few thousand files.
   */
  static String configuration(int port) {
    StringBuilder text = new StringBuilder();
    text.append("# Written by the node before each start; overridden by ALTER SYSTEM.\n");
    new TreeMap<>(DURABLE).forEach((name, value) -> text.append(name + " = " + value + "\n"));
    return text.append(
            """
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            password_encryption = 'scram-sha-256'
            port = %d
            max_connections = %d
            max_slot_wal_keep_size = '4GB'
            recovery_init_sync_method = 'syncfs'
            timezone = 'UTC'
            log_timezone = 'UTC'
            logging_collector = on
            log_filename = 'postgresql-%%a.log'
            log_rotation_age = '1d'
            log_rotation_size = 0
            log_truncate_on_rotation = on
            """
                .formatted(port, MAX_CONNECTIONS))
        .toString();
  }

  /** The whole {@code pg_hba.conf}: passwords for all, replicas too, loopback only. */
  static String access() {
    return """
        host all all 127.0.0.1/32 scram-sha-256
        host replication all 127.0.0.1/32 scram-sha-256
        """;
  }

  /** Refuses the embedded server unless it has every setting of {@link #DURABLE}. */
  static void verifyEmbedded(Connection connection) throws SQLException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> setting : new TreeMap<>(DURABLE).entrySet()) {
      String actual = show(connection, setting.getKey());
      if (!setting.getValue().equals(actual)) {
        wrong.add(setting.getKey() + ": " + actual + " (expected: " + setting.getValue() + ")");
      }
    }
    refuse(wrong);
  }

  /** Refuses another server when it may forget a commit that it answered. */
  static void verifyExternal(Connection connection) throws SQLException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> setting : new TreeMap<>(CARELESS).entrySet()) {
      String actual = show(connection, setting.getKey());
      if (setting.getValue().equals(actual)) {
        wrong.add(setting.getKey() + ": " + actual + " (expected: on)");
      }
    }
    refuse(wrong);
  }

  private static String show(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW " + setting)) {
      result.next();
      return result.getString(1);
    }
  }

  private static void refuse(List<String> wrong) {
    if (!wrong.isEmpty()) {
      throw new PostgresException("PostgreSQL is not durable: " + String.join(", ", wrong));
    }
  }
}
