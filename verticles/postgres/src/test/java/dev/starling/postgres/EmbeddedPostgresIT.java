package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedPostgresIT {
  @TempDir Path directory;

  @Test
  void start_again_keepsTheDataAndThePort() throws Exception {
    int port;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, PostgresConfig.defaults())) {
      port = server.endpoint().port();
      execute(server, "CREATE TABLE kept AS SELECT 42 AS answer");
    }
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, PostgresConfig.defaults())) {
      assertThat(server.endpoint().port()).isEqualTo(port);
      assertThat(query(server, "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  private static void execute(EmbeddedPostgres server, String sql) throws Exception {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres server, String sql) throws Exception {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres server) throws Exception {
    return Jdbc.dataSource(server.endpoint(), Duration.ofSeconds(2), Duration.ofSeconds(2))
        .getConnection();
  }
}
