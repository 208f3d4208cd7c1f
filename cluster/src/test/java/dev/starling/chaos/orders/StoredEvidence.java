package dev.starling.chaos.orders;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.chaos.orders.Evidence.EffectRow;
import dev.starling.chaos.orders.Evidence.EventRow;
import dev.starling.chaos.orders.Evidence.OrderRow;
import dev.starling.chaos.orders.Evidence.PurchaseRow;
import dev.starling.chaos.orders.Evidence.StockRow;
import dev.starling.postgres.shards.Shards;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads what the databases hold, past every service, from the schemas of all shards. */
final class StoredEvidence {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String ORDERS =
      "SELECT id, user_id, idempotency_key, lines::text, status FROM %s.orders";
  private static final String EVENTS =
      "SELECT type, subject, seq FROM %s.outbox WHERE aggregate LIKE 'order/%%'";
  private static final String STOCK =
      "SELECT sku, available, available + given - taken FROM %s.stock";
  private static final String RECOMMENDATIONS = "recommendations";
  private static final String PURCHASES = "SELECT user_id, sku, orders FROM %s.purchases";
  private static final String OPEN = "SELECT count(*) FROM %s.outbox WHERE done_at IS NULL";

  /*
   * Consumers act on the events of an order one after the other, each in a transaction that begins
   * when the one before has ended: so the numbers of transactions tell in which order they acted.
   */
  private static final Map<String, String> EFFECTS =
      Map.of(
          "points",
          "SELECT order_id::text, kind, xmin::text::bigint FROM %1$s.points",
          "notifications",
          """
          SELECT coalesce(o.subject, 'of event ' || n.id), n.kind, n.xmin::text::bigint
          FROM %1$s.notifications AS n LEFT JOIN %1$s.outbox AS o ON o.id = n.id""",
          // One row for both events, from which no order of acting can be told.
          RECOMMENDATIONS,
          """
          SELECT order_id::text, 'order-placed', 0::bigint
          FROM %1$s.counted_orders WHERE placed
          UNION ALL
          SELECT order_id::text, 'order-cancelled', 1::bigint
          FROM %1$s.counted_orders WHERE cancelled""");

  private static final Map<String, String> CAUSES =
      Map.of(
          "order-placed", Evidence.PLACED,
          "order-cancelled", Evidence.ORDER_CANCELLED);

  private final List<OrderRow> orders = new ArrayList<>();
  private final List<EventRow> events = new ArrayList<>();
  private final List<EffectRow> effects = new ArrayList<>();
  private final List<PurchaseRow> purchases = new ArrayList<>();
  private final Map<String, StockRow> stock = new TreeMap<>();

  private StoredEvidence() {}

  /** Of these services, the ones that have effects which can be read, with what each acts on. */
  static Map<String, Set<String>> effects(List<String> services) {
    Set<String> known = services.stream().filter(EFFECTS::containsKey).collect(Collectors.toSet());
    return Map.of(Evidence.PLACED, known, Evidence.ORDER_CANCELLED, known);
  }

  /**
   * Everything that is stored.
   *
   * @param services of which effects are read
   */
  static Evidence read(List<Connection> databases, List<String> services) throws SQLException {
    StoredEvidence evidence = new StoredEvidence();
    for (Connection database : databases) {
      for (String schema : schemas(database)) {
        evidence.read(database, schema, services);
      }
    }
    return new Evidence(
        evidence.orders,
        evidence.events,
        evidence.effects,
        evidence.purchases,
        List.copyOf(evidence.stock.values()));
  }

  /** How many events wait to be delivered. */
  static long open(List<Connection> databases) throws SQLException {
    long[] open = {0};
    for (Connection database : databases) {
      for (String schema : schemas(database)) {
        each(database, OPEN, schema, row -> open[0] += row.getLong(1));
      }
    }
    return open[0];
  }

  private static List<String> schemas(Connection database) throws SQLException {
    List<String> schemas = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      String schema = Shards.schema(shard);
      each(
          database,
          "SELECT 1 WHERE to_regclass('%s.orders') IS NOT NULL",
          schema,
          row -> schemas.add(schema));
    }
    return schemas;
  }

  private void read(Connection database, String schema, List<String> services) throws SQLException {
    each(database, ORDERS, schema, row -> orders.add(order(row)));
    each(
        database,
        EVENTS,
        schema,
        row -> events.add(new EventRow(row.getString(1), row.getString(2), row.getLong(3))));
    each(
        database,
        STOCK,
        schema,
        row ->
            stock.merge(
                row.getString(1),
                new StockRow(row.getString(1), row.getLong(3), row.getLong(2)),
                StoredEvidence::together));
    for (String service : services) {
      String query = EFFECTS.get(service);
      if (query != null) {
        each(database, query, schema, row -> effects.add(effect(service, row)));
      }
    }
    if (services.contains(RECOMMENDATIONS)) {
      each(
          database,
          PURCHASES,
          schema,
          row ->
              purchases.add(new PurchaseRow(row.getString(1), row.getString(2), row.getLong(3))));
    }
  }

  private static StockRow together(StockRow one, StockRow other) {
    return new StockRow(
        one.sku(), one.quantity() + other.quantity(), Math.min(one.lowest(), other.lowest()));
  }

  private static EffectRow effect(String service, ResultSet row) throws SQLException {
    String kind = row.getString(2);
    return new EffectRow(
        service, row.getString(1), CAUSES.getOrDefault(kind, kind), row.getLong(3));
  }

  private static OrderRow order(ResultSet row) throws SQLException {
    return new OrderRow(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        lines(row.getString(4)),
        row.getString(5));
  }

  private static Map<String, Integer> lines(String json) {
    Map<String, Integer> lines = new HashMap<>();
    try {
      for (JsonNode line : JSON.readTree(json)) {
        lines.merge(line.path("sku").asText(), line.path("quantity").asInt(), Integer::sum);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private interface Use {
    void accept(ResultSet row) throws SQLException;
  }

  private static void each(Connection database, String query, String schema, Use use)
      throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery(query.formatted(schema))) {
      while (rows.next()) {
        use.accept(rows);
      }
    }
  }
}
