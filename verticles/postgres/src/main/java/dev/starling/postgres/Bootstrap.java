package dev.starling.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * The only work done as superuser: the role that nodes use, and the databases that it owns.
 *
 * <p>Blocking and idempotent; the caller holds the control lock.
 */
final class Bootstrap {
  static final String ROLE = "starling";
  static final String DATABASE = "starling";

  private Bootstrap() {}

  /**
   * Creates the role with its password, or sets the password of the existing one. It may let
   * replicas and other databases follow what is written, which moving a shard needs.
   */
  static void role(Connection superuser, String password) throws SQLException {
    if (!exists(superuser, "SELECT 1 FROM pg_roles WHERE rolname = ?", ROLE)) {
      execute(superuser, "CREATE ROLE " + ROLE + " LOGIN");
    }
    // Hashed on this side: the server, and so its log, never sees the password.
    superuser
        .unwrap(PGConnection.class)
        .alterUserPassword(ROLE, password.toCharArray(), "scram-sha-256");
    execute(superuser, "ALTER ROLE " + ROLE + " REPLICATION");
    execute(superuser, "GRANT pg_create_subscription TO " + ROLE);
  }

  /** Whether the role that is connected has been given everything that {@link #role} gives. */
  static boolean isComplete(Connection node) throws SQLException {
    return exists(
        node,
        """
        SELECT 1 FROM pg_roles
        WHERE rolname = ? AND rolreplication
          AND pg_has_role(rolname, 'pg_create_subscription', 'MEMBER')""",
        ROLE);
  }

  /** Creates a database that the role owns, unless it exists. */
  static void database(Connection superuser, String name) throws SQLException {
    if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "database: " + name + " (expected: 1..63 of a-z, 0-9 and _, not starting with a digit)");
    }
    if (!exists(superuser, "SELECT 1 FROM pg_database WHERE datname = ?", name)) {
      execute(superuser, "CREATE DATABASE " + name + " OWNER " + ROLE);
    }
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet result = statement.executeQuery()) {
        return result.next();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
