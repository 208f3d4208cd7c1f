package dev.starling.chaos.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class StandbyPairIT {
  @Test
  void replica_promotedTwiceAndCrashedBetween_hasEveryCommit(@TempDir Path directory)
      throws SQLException {
    try (StandbyPair pair = StandbyPair.start(directory)) {
      pair.primary().execute("CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");

      pair.promote();
      pair.primary().execute("INSERT INTO kept VALUES (2)");
      pair.rejoin();
      pair.primary().crash();
      pair.recover();
      pair.primary().execute("INSERT INTO kept VALUES (3)");
      pair.promote();

      assertThat(sum(pair.primary())).isEqualTo(6);
    }
  }

  private static int sum(PhysicalServer server) throws SQLException {
    try (Connection connection = server.superuser("postgres");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT sum(id) FROM kept")) {
      result.next();
      return result.getInt(1);
    }
  }
}
