package dev.starling.bench;

import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.Shards;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The outboxes and ledgers of all shards, as they are. Used from one thread. */
final class OutboxTables implements AutoCloseable {
  private final ShardTables tables;

  /** Attaches to the server of nodes with this data directory. */
  OutboxTables(Path dataDirectory) throws SQLException {
    tables = new ShardTables(dataDirectory);
  }

  PostgresEndpoint endpoint() {
    return tables.endpoint();
  }

  /**
   * Empties the ledgers, and writes events in one transaction, so that relays find all of them at
   * once; those of an aggregate in the order of their numbers.
   */
  void write(int events, int eventsOfAnAggregate) throws SQLException {
    int each = events / Shards.COUNT;
    Connection connection = tables.connection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        statement.execute(
            """
            TRUNCATE %1$s.ledger;
            INSERT INTO %1$s.outbox (id, source, type, subject, aggregate, owner, time, data)
            SELECT uuidv7(), '/bench', '%2$s', n::text, 'entry/' || n %% %3$d, uuidv7(), now(), '{}'
            FROM generate_series(1, %4$d) AS entry (n) ORDER BY entry.n"""
                .formatted(
                    Shards.schema(shard),
                    LedgerVerticle.TYPE,
                    Math.max(1, each / eventsOfAnAggregate),
                    each));
      }
      statement.execute("ANALYZE");
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** Events that the ledger has not taken. */
  long open() throws SQLException {
    return (long) tables.sum("SELECT count(*) FROM {shard}.outbox WHERE done_at IS NULL");
  }

  /** Those of them that are to be told now. */
  long due() throws SQLException {
    return (long)
        tables.sum(
            "SELECT count(*) FROM {shard}.outbox WHERE done_at IS NULL"
                + " AND next_at <= clock_timestamp()");
  }

  /** How long the oldest event that the ledger has not taken has been due. */
  double lagSeconds() throws SQLException {
    return tables.max(
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0)"
            + " FROM {shard}.outbox WHERE done_at IS NULL");
  }

  long entries() throws SQLException {
    return (long) tables.sum("SELECT count(*) FROM {shard}.ledger");
  }

  long eventsEntered() throws SQLException {
    return (long) tables.sum("SELECT count(DISTINCT event) FROM {shard}.ledger");
  }

  /** Entries that come after a later one of their aggregate. */
  long outOfOrder() throws SQLException {
    return (long)
        tables.sum(
            """
            SELECT count(*) FROM (
              SELECT number, max(number) OVER (
                PARTITION BY aggregate ORDER BY place
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
              FROM {shard}.ledger) AS entry
            WHERE number <= before""");
  }

  long deadLetters() throws SQLException {
    return (long) tables.sum("SELECT count(*) FROM {shard}.dead_letters");
  }

  @Override
  public void close() throws SQLException {
    tables.close();
  }
}
