package dev.starling.postgres.shards;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * A physical database that may hold shards.
 *
 * <p>Thread-safe.
 *
 * @param name of the configuration
 * @param primary takes every write
 */
public record ShardDatabase(String name, Postgres primary) {
  private static final String SCHEMA = "shard_host";
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private static final String LABEL =
      """
      WITH made AS (
        INSERT INTO shard_host.label (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING name
      )
      SELECT name FROM made UNION ALL SELECT name FROM shard_host.label""";

  private static final String POSITION = "SELECT pg_current_wal_insert_lsn()::text";

  /** Writes the database's name into it, or compares it with the one that it has. */
  Future<ShardDatabase> label() {
    return primary
        .migrate(SCHEMA, "classpath:db/shard-host", ShardDatabase.class.getClassLoader())
        .compose(
            migrated ->
                primary.write(
                    LIMIT, connection -> connection.preparedQuery(LABEL).execute(Tuple.of(name))))
        .compose(
            rows -> {
              String found = rows.iterator().next().getString(0);
              return found.equals(name)
                  ? Future.succeededFuture(this)
                  : Future.failedFuture(
                      new PostgresException(
                          "shards.databases: the uri of %s leads to %s, the database named %s (expected: the uri with which it was named)"
                              .formatted(name, primary.endpoint(), found)));
            });
  }

  /** The end of its log now: what was committed before this was called comes before it. */
  Future<Position> position(Duration limit) {
    return primary
        .read(limit, connection -> connection.preparedQuery(POSITION).execute())
        .map(rows -> Position.ofServer(name, rows.iterator().next().getString(0)));
  }
}
