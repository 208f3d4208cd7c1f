package dev.starling.bench;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.Shards;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The tables of all shards, as they are, of nodes on this host. Used from one thread. */
public final class ShardTables implements AutoCloseable {
  /** Stands for a shard's schema. */
  private static final String SHARD = "{shard}";

  private static final int ROWS_AT_ONCE = 10_000;

  private final EmbeddedPostgres server;
  private final Connection connection;

  /** Takes a row. */
  public interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  /** Attaches to the server of nodes with this data directory. */
  public ShardTables(Path dataDirectory) throws SQLException {
    server = EmbeddedPostgres.start(dataDirectory, PostgresConfig.defaults());
    PostgresEndpoint at = endpoint();
    connection =
        DriverManager.getConnection(
            "jdbc:postgresql://%s:%d/%s".formatted(at.host(), at.port(), at.database()),
            at.user(),
            at.password());
  }

  PostgresEndpoint endpoint() {
    return server.endpoint();
  }

  Connection connection() {
    return connection;
  }

  /**
   * The sum of one number of each shard.
   *
   * @param sql asks for it; {@code {shard}} stands for the schema
   */
  public double sum(String sql) throws SQLException {
    return number("sum", sql);
  }

  /** The greatest of one number of each shard. */
  public double max(String sql) throws SQLException {
    return number("max", sql);
  }

  /** Reads the rows of one shard after the other, some at a time. */
  public void each(String sql, RowReader reader) throws SQLException {
    connection.setAutoCommit(false); // or the driver reads all of them at once
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS_AT_ONCE);
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        try (ResultSet rows = statement.executeQuery(sql.replace(SHARD, Shards.schema(shard)))) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private double number(String aggregate, String sql) throws SQLException {
    String shards =
        IntStream.range(0, Shards.COUNT)
            .mapToObj(shard -> "(" + sql.replace(SHARD, Shards.schema(shard)) + ")")
            .collect(Collectors.joining(" UNION ALL "));
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT %s(value) FROM (%s) AS shard (value)".formatted(aggregate, shards))) {
      result.next();
      return result.getDouble(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    server.close();
  }
}
