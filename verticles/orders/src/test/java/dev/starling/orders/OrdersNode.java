package dev.starling.orders;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A node with the orders service on real shards, and words for what tests do with it. */
final class OrdersNode implements AutoCloseable {
  /** So that a test with a thousand callers meets rows and locks, not the pool's bounds. */
  static final PostgresConfig ROOMY =
      new PostgresConfig(
          "", 12, 2_000, Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20), 0);

  final TestNode node;
  final Postgres home;
  final Shards shards;
  private final Random random = new Random(7);

  OrdersNode() {
    this(ROOMY);
  }

  OrdersNode(PostgresConfig bounds) {
    node = new TestNode(Path.of("unused"));
    try {
      home = TestDatabase.provide(node, OrdersNode.class, bounds);
      shards = TestShards.provide(node, home, ShardsConfig.defaults());
      prepare();
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /** On shards that the caller has made, closed with the node. */
  OrdersNode(TestNode node, Postgres home, Shards shards) {
    this.node = node;
    this.home = home;
    this.shards = shards;
    prepare();
  }

  private void prepare() {
    await(Outbox.prepare(node.scope(), shards));
    await(shards.migrate("orders", "classpath:db/orders", OrdersNode.class.getClassLoader()));
    shards
        .placement()
        .byDatabase()
        .forEach(
            (name, own) ->
                await(
                    shards
                        .database(own.get(0))
                        .primary()
                        .write(
                            ROOMY.statementTimeout(),
                            connection -> connection.query("TRUNCATE " + tables(own)).execute())));
  }

  private static String tables(List<Integer> shards) {
    return shards.stream()
        .flatMap(
            shard ->
                Stream.of("orders", "products", "stock", "outbox", "inbox")
                    .map(table -> Shards.schema(shard) + "." + table))
        .collect(Collectors.joining(", "));
  }

  /** With this many instances of the service. */
  static OrdersNode running(int instances) {
    OrdersNode orders = new OrdersNode();
    orders.deploy(instances);
    return orders;
  }

  /** Configures a replica, which is away, so that primaries answer. */
  OrdersNode readReplicas() {
    node.settings()
        .putObject("shards")
        .putArray("databases")
        .addObject()
        .put("name", "home")
        .putArray("replicas")
        .add("postgresql://nobody:secret@127.0.0.1:1/away");
    return this;
  }

  OrdersNode deploy(int instances) {
    for (int i = 0; i < instances; i++) {
      node.deploy(new OrdersVerticle());
    }
    return this;
  }

  /** A user, the same ones in each run. */
  UUID user() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** A user of this shard. */
  UUID userIn(int shard) {
    UUID user = user();
    while (Shards.of(user) != shard) {
      user = user();
    }
    return user;
  }

  CallContext as(UUID user) {
    return node.as(user.toString());
  }

  OperationReply createProduct(String body) {
    return await(
        run("orders.create-product", List.of(), "", body, node.as(user().toString(), "admin")));
  }

  /** At 19.99 EUR. */
  void stock(String sku, long quantity) {
    assertThat(createProduct(product(sku, 1999, "EUR", quantity))).isInstanceOf(Done.class);
  }

  static String product(String sku, long amount, String currency, long stock) {
    return """
        {"sku":"%s","name":"A %s","price":{"amount":%d,"currency":"%s"},"stock":%d}"""
        .formatted(sku, sku, amount, currency, stock);
  }

  JsonNode product(String sku) {
    return json(getProduct(sku));
  }

  OperationReply getProduct(String sku) {
    return await(run("orders.get-product", List.of(sku), "", "", as(user())));
  }

  /** An order's body; pairs of SKU and quantity. */
  static String order(Object... skusAndQuantities) {
    return IntStream.range(0, skusAndQuantities.length / 2)
        .mapToObj(
            i ->
                "{\"sku\":\"%s\",\"quantity\":%s}"
                    .formatted(skusAndQuantities[2 * i], skusAndQuantities[2 * i + 1]))
        .collect(Collectors.joining(",", "{\"lines\":[", "]}"));
  }

  Future<OperationReply> placing(CallContext caller, String key, String body) {
    return run("orders.place", List.of(), "", body, caller, new Header("idempotency-key", key));
  }

  OperationReply place(UUID user, String key, String body) {
    return await(placing(as(user), key, body));
  }

  OperationReply get(UUID user, String id) {
    return await(run("orders.get", List.of(id), "", "", as(user)));
  }

  OperationReply list(UUID user, String query) {
    return await(run("orders.list", List.of(), query, "", as(user)));
  }

  OperationReply cancel(UUID user, String id) {
    return await(run("orders.cancel", List.of(id), "", "", as(user)));
  }

  Future<OperationReply> run(
      String operation,
      List<String> path,
      String query,
      String body,
      CallContext caller,
      Header... headers) {
    List<Header> all = new ArrayList<>(List.of(headers));
    all.add(new Header("content-type", "application/json"));
    OperationRequest request =
        new OperationRequest(
            operation, path, query, all, "192.0.2.1", body.getBytes(StandardCharsets.UTF_8));
    return node.onCaller(bus -> bus.call(OperationContract.operate("orders"), request, caller));
  }

  /** Rows of a statement in the schema of a shard, which is {@code {shard}} in it. */
  RowSet<Row> sql(int shard, String statement) {
    return await(
        shards
            .database(shard)
            .primary()
            .pool()
            .query(statement.replace("{shard}", Shards.schema(shard)))
            .execute());
  }

  /** How many events of orders there are. */
  long orderEvents() {
    return sum("count(*)", "outbox WHERE aggregate LIKE 'order/%'");
  }

  /** The sum of a number over all shards. */
  long sum(String expression, String table) {
    long sum = 0;
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      Long one =
          sql(shard, "SELECT (%s)::bigint FROM {shard}.%s".formatted(expression, table))
              .iterator()
              .next()
              .getLong(0);
      sum += one == null ? 0 : one;
    }
    return sum;
  }

  static JsonNode json(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    try {
      return Json.MAPPER.readTree(((Done) reply).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String id(OperationReply reply) {
    return json(reply).path("id").asText();
  }

  static boolean isPlaced(OperationReply reply) {
    return reply instanceof Done done && done.kind() == Kind.CREATED;
  }

  static Refused refused(OperationReply reply) {
    assertThat(reply).isInstanceOf(Refused.class);
    return (Refused) reply;
  }

  /** The name of the problem. */
  static String type(OperationReply reply) {
    return refused(reply).type();
  }

  static String header(OperationReply reply, String name) {
    return reply.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findFirst()
        .orElse("none");
  }

  @Override
  public void close() {
    node.close();
  }
}
