package dev.starling.postgres.shards;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is in a shard's schema, and whether it is the same at two places. */
final class ShardTables {
  /** Rows go from one place to the other between tables of one name, partitions included. */
  private static final String COPIED =
      """
      SELECT quote_ident(c.relname) FROM pg_class c
      WHERE c.relnamespace = to_regnamespace(?) AND c.relkind = 'r'
        AND c.relname NOT LIKE 'flyway\\_%' AND c.relname <> 'shard_move'
      ORDER BY 1""";

  private static final String WITHOUT_IDENTITY =
      """
      SELECT quote_ident(c.relname) FROM pg_class c
      WHERE c.relnamespace = to_regnamespace(?) AND c.relkind = 'r'
        AND c.relname NOT LIKE 'flyway\\_%' AND c.relname <> 'shard_move'
        AND NOT (c.relreplident = 'f'
          OR c.relreplident = 'd' AND EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
          OR c.relreplident = 'i')
      ORDER BY 1""";

  /** Who uses a partition has locked the table of which it is one. */
  private static final String LOCKED =
      """
      SELECT quote_ident(c.relname) FROM pg_class c
      WHERE c.relnamespace = to_regnamespace(?) AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition
        AND c.relname NOT LIKE 'flyway\\_%' AND c.relname <> 'shard_move'
      ORDER BY 1""";

  private static final String HISTORIES =
      """
      SELECT relname FROM pg_class
      WHERE relnamespace = to_regnamespace(?) AND relkind = 'r' AND relname LIKE 'flyway\\_%'
      ORDER BY 1""";

  private static final String SEQUENCES =
      """
      SELECT format('setval(%L, %s)', quote_ident(schemaname) || '.' || quote_ident(sequencename),
        last_value)
      FROM pg_sequences WHERE schemaname = ? AND last_value IS NOT NULL ORDER BY 1""";

  /* The sum does not depend on the order of the rows, which differs. */
  private static final String CONTENT =
      """
      SELECT count(*) || ' rows, checksum '
        || coalesce(sum(hashtextextended((t.*)::text, 0)::numeric), 0)
      FROM %s.%s AS t""";

  private ShardTables() {}

  static List<String> copied(Session session, String schema) throws SQLException {
    return session.texts(COPIED, schema);
  }

  static List<String> withoutIdentity(Session session, String schema) throws SQLException {
    return session.texts(WITHOUT_IDENTITY, schema);
  }

  static List<String> locked(Session session, String schema) throws SQLException {
    return session.texts(LOCKED, schema);
  }

  static List<String> histories(Session session, String schema) throws SQLException {
    return session.texts(HISTORIES, schema);
  }

  /** What was applied of each history, as {@link ShardHistories} says it. */
  static Map<String, String> applied(Session session, String schema) throws SQLException {
    Map<String, String> applied = new LinkedHashMap<>();
    for (String history : histories(session, schema)) {
      List<String> one =
          session.texts(
              "SELECT marks FROM (%s) AS h (shard, marks)"
                  .formatted(ShardHistories.all(List.of(schema), history)));
      applied.put(history, one.get(0));
    }
    return applied;
  }

  /** Calls of setval that put every sequence where it is here; empty when none was used. */
  static List<String> sequences(Session session, String schema) throws SQLException {
    return session.texts(SEQUENCES, schema);
  }

  /** A list of qualified names. */
  static String qualified(String schema, List<String> tables) {
    return tables.stream().map(table -> schema + "." + table).collect(Collectors.joining(", "));
  }

  /** Whether a schema is there. */
  static boolean exists(Session session, String schema) throws SQLException {
    return session.is("SELECT to_regnamespace(?) IS NOT NULL", schema);
  }

  /**
   * Compares every row.
   *
   * @return one line for each table that differs
   */
  static List<String> differences(
      Session one, String schema, Session other, String otherSchema, List<String> tables)
      throws SQLException {
    List<String> differences = new ArrayList<>();
    for (String table : tables) {
      String here = String.valueOf(one.text(CONTENT.formatted(schema, table)));
      String there = String.valueOf(other.text(CONTENT.formatted(otherSchema, table)));
      if (!here.equals(there)) {
        differences.add(table + ": " + here + " against " + there);
      }
    }
    return differences;
  }

  static long bytes(Session session, String schema) throws SQLException {
    return session.number(
        """
        SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
        WHERE relnamespace = to_regnamespace(?) AND relkind = 'r'""",
        schema);
  }
}
