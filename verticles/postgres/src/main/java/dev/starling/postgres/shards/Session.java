package dev.starling.postgres.shards;

import dev.starling.postgres.Jdbc;
import dev.starling.postgres.PostgresEndpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an operator's command. Blocking, and used by one thread.
 *
 * <p>Text of values is the same in all of them, whatever the server prefers.
 */
final class Session implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Comparing a large table takes a while; what must not take long has limits of its own. */
  private static final Duration STATEMENT_LIMIT = Duration.ofHours(2);

  private final Connection connection;

  Session(PostgresEndpoint endpoint) throws SQLException {
    this.connection = Jdbc.dataSource(endpoint, CONNECT_LIMIT, STATEMENT_LIMIT).getConnection();
    execute(
        """
        SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601';
        SET extra_float_digits = 1; SET bytea_output = 'hex'""");
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of each row, as text. */
  List<String> texts(String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      List<String> texts = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
      return texts;
    }
  }

  /** The first column of the only row; null when that is null, or there is none. */
  @Nullable String text(String sql, Object... arguments) throws SQLException {
    List<String> texts = texts(sql, arguments);
    return texts.isEmpty() ? null : texts.get(0);
  }

  boolean is(String sql, Object... arguments) throws SQLException {
    return "t".equals(text(sql, arguments));
  }

  long number(String sql, Object... arguments) throws SQLException {
    String text = text(sql, arguments);
    return text == null ? 0 : Long.parseLong(text);
  }

  int update(String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      return statement.executeUpdate();
    }
  }

  /** What is sent from now on is one transaction. */
  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  /** Likewise, and sees what is committed when its first query begins. */
  void beginSnapshot() throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    execute("SELECT 1");
  }

  void commit() throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
  }

  void rollback() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
