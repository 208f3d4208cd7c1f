package dev.starling.postgres.shards;

import dev.starling.postgres.PostgresException;
import java.sql.SQLException;

/** One shard moves at a time in a cluster. */
final class MoveTurn {
  private static final String TAKE =
      "SELECT pg_try_advisory_lock(hashtextextended('starling shard move', 0))";

  private MoveTurn() {}

  /** Takes the turn, which ends with the connection. */
  static void take(Session home) throws SQLException {
    if (!home.is(TAKE)) {
      throw new PostgresException("another shard is being moved (expected: one at a time)");
    }
  }
}
