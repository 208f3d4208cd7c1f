package dev.starling.postgres.shards;

import dev.starling.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;

/** The statements on {@code shards.placement}, in the home database. Thread-safe. */
final class PlacementTable {
  static final String SCHEMA = "shards";

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private static final String SEED =
      """
      INSERT INTO shards.placement (shard, database)
      SELECT given.shard - 1, given.database
      FROM unnest($1::text[]) WITH ORDINALITY AS given (database, shard)
      ON CONFLICT (shard) DO NOTHING""";

  private static final String READ = "SELECT database, epoch FROM shards.placement ORDER BY shard";

  private static final String REMEMBER =
      """
      INSERT INTO shards.services (name, location) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET location = excluded.location
      WHERE services.location <> excluded.location""";

  private final Postgres home;

  PlacementTable(Postgres home) {
    this.home = home;
  }

  /** Makes the table, and places every shard that has no place yet. */
  Future<Placement> prepare(List<String> initial) {
    return home.migrate(SCHEMA, "classpath:db/placement", PlacementTable.class.getClassLoader())
        .compose(
            migrated ->
                home.write(
                    LIMIT,
                    connection ->
                        connection
                            .preparedQuery(SEED)
                            .execute(Tuple.tuple().addArrayOfString(initial.toArray(String[]::new)))
                            .mapEmpty()))
        .compose(seeded -> read());
  }

  /** Notes which files describe what a service has in each shard, for those who move one. */
  Future<Void> remember(ShardMigration migration) {
    return home.write(
            LIMIT,
            connection ->
                connection
                    .preparedQuery(REMEMBER)
                    .execute(Tuple.of(migration.service(), migration.location())))
        .mapEmpty();
  }

  Future<Placement> read() {
    return home.read(LIMIT, connection -> connection.preparedQuery(READ).execute())
        .map(PlacementTable::placement);
  }

  private static Placement placement(RowSet<Row> rows) {
    return new Placement(
        rows.stream().map(row -> new Placement.Place(row.getString(0), row.getLong(1))).toList());
  }
}
