package dev.starling.postgres.shards;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What Flyway's histories say of many shards at once: one line of text for each, the versions and
 * checksums in the order in which they were applied.
 */
final class ShardHistories {
  /** Which of the schemas $2 have the history $1. */
  static final String HAVING =
      """
      SELECT n.nspname
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1::text AND n.nspname = ANY ($2::text[]) AND c.relkind = 'r'
      ORDER BY 1""";

  /* Flyway also notes that it made the schema, or found it; neither is a migration. */
  private static final String ONE =
      """
      SELECT '%1$s', coalesce(string_agg(
        version || ':' || coalesce(checksum::text, '') || CASE WHEN success THEN '' ELSE '!' END,
        ',' ORDER BY installed_rank), '')
      FROM %1$s.%2$s
      WHERE type NOT IN ('SCHEMA', 'BASELINE')""";

  private ShardHistories() {}

  /**
   * A query for schema and line of each.
   *
   * @param schemas those that have the history, at least one
   */
  static String all(List<String> schemas, String history) {
    return schemas.stream()
        .map(schema -> ONE.formatted(schema, history))
        .collect(Collectors.joining("\nUNION ALL\n"));
  }
}
