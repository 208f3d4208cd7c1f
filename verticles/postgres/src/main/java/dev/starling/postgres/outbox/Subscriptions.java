package dev.starling.postgres.outbox;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wants which events: a table in every database, of which that in the home database is the
 * truth. Thread-safe, without state.
 */
public final class Subscriptions {
  static final String SCHEMA = "outbox";

  private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  /** Types are only added: a node of an older release must not take away those of a newer one. */
  private static final String ADD =
      """
      INSERT INTO outbox.subscriptions AS held (consumer, types, changed_at)
      VALUES ($1, $2, clock_timestamp())
      ON CONFLICT (consumer) DO UPDATE
      SET types = (
            SELECT array_agg(DISTINCT type ORDER BY type)
            FROM unnest(held.types || excluded.types) AS type),
          changed_at = greatest(excluded.changed_at, held.changed_at + interval '1 microsecond')
      WHERE NOT held.types @> excluded.types""";

  private static final String END =
      """
      UPDATE outbox.subscriptions
      SET types = '{}',
          changed_at = greatest(clock_timestamp(), changed_at + interval '1 microsecond')
      WHERE consumer = $1 AND types <> '{}'""";

  private static final String READ =
      "SELECT consumer, types, changed_at FROM outbox.subscriptions ORDER BY consumer";

  private static final String COPY =
      """
      INSERT INTO outbox.subscriptions AS held (consumer, types, changed_at)
      VALUES ($1, $2, $3)
      ON CONFLICT (consumer) DO UPDATE
      SET types = excluded.types, changed_at = excluded.changed_at
      WHERE held.changed_at < excluded.changed_at""";

  private Subscriptions() {}

  static Future<Void> migrate(Postgres database) {
    return database
        .migrate(SCHEMA, "classpath:db/outbox-host", Subscriptions.class.getClassLoader())
        .mapEmpty();
  }

  /**
   * Makes the table in a database other than the home database; once a node does it.
   *
   * @param name of the database
   */
  public static Future<Void> prepare(NodeScope node, String name, Postgres database) {
    return node.once("outbox:subscriptions:" + name, () -> migrate(database));
  }

  static void checkName(String consumer) {
    if (!NAME.matcher(consumer).matches()) {
      throw new IllegalArgumentException(
          "consumer: " + consumer + " (expected: 1..100 of a-z, 0-9, '.', '_' and '-')");
    }
  }

  static Future<Void> add(Shards shards, String consumer, Set<String> types) {
    checkName(consumer);
    String[] sorted = new TreeSet<>(types).toArray(String[]::new);
    Tuple arguments = Tuple.of(consumer).addArrayOfString(sorted);
    return shards
        .home()
        .write(LIMIT, connection -> connection.preparedQuery(ADD).execute(arguments))
        .compose(added -> copyToAll(shards));
  }

  static Future<Boolean> end(Shards shards, String consumer) {
    return shards
        .home()
        .write(LIMIT, connection -> connection.preparedQuery(END).execute(Tuple.of(consumer)))
        .compose(ended -> copyToAll(shards).map(ended.rowCount() > 0));
  }

  /**
   * Brings a database up to the home database. What was subscribed while this one could not be
   * reached comes to it so: a relay does this before it delivers, and again and again.
   */
  public static Future<Void> copyTo(Shards shards, Postgres database) {
    return database == shards.home()
        ? Future.succeededFuture()
        : read(shards).compose(rows -> copy(rows, database));
  }

  /** A database that cannot be reached gets them from its relay. */
  private static Future<Void> copyToAll(Shards shards) {
    Collection<ShardDatabase> others =
        shards.databases().values().stream()
            .filter(database -> !database.name().equals(ShardDatabaseConfig.HOME))
            .toList();
    return others.isEmpty()
        ? Future.succeededFuture()
        : read(shards)
            .compose(
                rows ->
                    Future.join(others.stream().map(other -> copyOrLeave(rows, other)).toList())
                        .mapEmpty());
  }

  private static Future<Void> copyOrLeave(RowSet<Row> rows, ShardDatabase database) {
    return copy(rows, database.primary())
        .onFailure(
            failure ->
                log.warn(
                    "{} gets the subscriptions later, from its relay: {}",
                    database.name(),
                    failure.getMessage()))
        .otherwiseEmpty();
  }

  private static Future<RowSet<Row>> read(Shards shards) {
    return shards.home().read(LIMIT, connection -> connection.preparedQuery(READ).execute());
  }

  private static Future<Void> copy(RowSet<Row> rows, Postgres database) {
    if (rows.size() == 0) {
      return Future.succeededFuture();
    }
    return database
        .transact(
            LIMIT,
            connection ->
                connection
                    .preparedQuery(COPY)
                    .executeBatch(rows.stream().map(Subscriptions::arguments).toList()))
        .mapEmpty();
  }

  private static Tuple arguments(Row row) {
    OffsetDateTime changedAt = row.getOffsetDateTime(2);
    return Tuple.of(row.getString(0))
        .addArrayOfString(row.getArrayOfStrings(1))
        .addOffsetDateTime(changedAt);
  }
}
