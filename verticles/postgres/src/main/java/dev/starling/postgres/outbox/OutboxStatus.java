package dev.starling.postgres.outbox;

import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.ShardDatabase;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How the outbox stands, as its tables say. Immutable.
 *
 * @param databases those that hold shards
 * @param subscriptions consumers with what they want
 */
public record OutboxStatus(
    List<Database> databases, SortedMap<String, List<String>> subscriptions) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final ShardSql STANDING =
      new ShardSql(
          """
          SELECT count(*) AS open, count(*) FILTER (WHERE due_at <= now()) AS due,
            coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE due_at <= now())), 0)
              ::double precision AS lag,
            (SELECT count(*) FROM {shard}.dead_letters) AS dead
          FROM {shard}.outbox WHERE done_at IS NULL""");

  /** Made by the first relay that comes to the database. */
  private static final String HAS_OWNERS = "SELECT to_regclass('singletons.ownership') IS NOT NULL";

  private static final String OWNERS =
      """
      SELECT name, owner FROM singletons.ownership
      WHERE name LIKE 'outbox.relay.%' AND expires_at > clock_timestamp() ORDER BY name""";

  private static final String SUBSCRIPTIONS =
      "SELECT consumer, types FROM outbox.subscriptions WHERE types <> '{}'";

  /**
   * @param name of the configuration
   * @param shards how many it holds
   * @param open events that somebody has not taken, also those for later
   * @param due those that are not for later
   * @param lagSeconds how long the oldest of these has been due
   * @param dead letters
   * @param relays the node that has each range now
   */
  public record Database(
      String name,
      int shards,
      long open,
      long due,
      double lagSeconds,
      long dead,
      SortedMap<String, String> relays) {}

  /** Reads it; fails when a database that holds shards cannot be read. */
  public static Future<OutboxStatus> read(Shards shards) {
    List<Future<Database>> databases = new ArrayList<>();
    for (Map.Entry<String, List<Integer>> held : shards.placement().byDatabase().entrySet()) {
      ShardDatabase database = shards.database(held.getValue().get(0));
      databases.add(read(database.name(), database.primary(), held.getValue()));
    }
    Future<RowSet<Row>> subscriptions =
        shards.home().read(LIMIT, connection -> connection.query(SUBSCRIPTIONS).execute());
    return Future.all(databases)
        .compose(read -> subscriptions)
        .map(
            rows -> {
              SortedMap<String, List<String>> wanted = new TreeMap<>();
              rows.forEach(row -> wanted.put(row.getString(0), List.of(row.getArrayOfStrings(1))));
              return new OutboxStatus(databases.stream().map(Future::result).toList(), wanted);
            });
  }

  private static Future<Database> read(String name, Postgres postgres, List<Integer> shards) {
    String sql =
        "SELECT sum(open)::bigint, sum(due)::bigint, max(lag), sum(dead)::bigint FROM ("
            + shards.stream().map(STANDING::in).collect(Collectors.joining(" UNION ALL "))
            + ") AS shard";
    return postgres.read(
        LIMIT,
        connection ->
            connection
                .query(sql)
                .execute()
                .compose(
                    standing ->
                        owners(connection)
                            .map(owners -> database(name, shards.size(), standing, owners))));
  }

  private static Future<SortedMap<String, String>> owners(SqlConnection connection) {
    SortedMap<String, String> owners = new TreeMap<>();
    return connection
        .query(HAS_OWNERS)
        .execute()
        .compose(
            known ->
                known.iterator().next().getBoolean(0)
                    ? connection.query(OWNERS).execute()
                    : Future.<RowSet<Row>>succeededFuture())
        .map(
            rows -> {
              if (rows != null) {
                rows.forEach(row -> owners.put(row.getString(0), row.getString(1)));
              }
              return owners;
            });
  }

  private static Database database(
      String name, int shards, RowSet<Row> standing, SortedMap<String, String> relays) {
    Row sums = standing.iterator().next();
    return new Database(
        name, shards, sums.getLong(0), sums.getLong(1), sums.getDouble(2), sums.getLong(3), relays);
  }
}
