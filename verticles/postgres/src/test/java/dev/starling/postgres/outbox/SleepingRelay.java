package dev.starling.postgres.outbox;

import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A session that does what a relay does before it sleeps. */
final class SleepingRelay implements AutoCloseable {
  private final Connection connection;

  SleepingRelay(PostgresEndpoint database, int range) throws SQLException {
    connection = TestServers.connect(database);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN starling_outbox");
      statement.execute("SELECT pg_advisory_lock(1869968482, " + range + ")");
    }
  }

  /** Those of transactions that have ended. */
  int notifications() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
    PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications();
    return received == null ? 0 : received.length;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
