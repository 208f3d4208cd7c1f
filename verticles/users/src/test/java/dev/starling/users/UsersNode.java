package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.contract.users.UsersContract.Reserved;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.ManualClock;
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
import java.util.UUID;
import java.util.function.Function;

/** A node with the users service on a real database, and words for what tests do with it. */
final class UsersNode implements AutoCloseable {
  static final int POOL_SIZE = 8;

  /** So that a test with a thousand callers meets rows and locks, not the pool's bounds. */
  private static final int MAX_WAITING = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final TestNode node;
  final Shards shards;

  UsersNode() {
    this(Duration.ofSeconds(5));
  }

  /** All shards in one database, which is emptied. */
  UsersNode(Duration statementTimeout) {
    this(
        node -> TestDatabase.provide(node, UsersNode.class, bounds(statementTimeout)),
        ShardsConfig.defaults());
  }

  /** With the home database that the first argument provides to the node; all are emptied. */
  UsersNode(Function<TestNode, Postgres> home, ShardsConfig config) {
    node = new TestNode(Path.of("unused"));
    try {
      shards = TestShards.provide(node, home.apply(node), config);
      await(UsersSchema.migrate(shards));
      empty();
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  static PostgresConfig bounds(Duration statementTimeout) {
    return new PostgresConfig(
        "", POOL_SIZE, MAX_WAITING, Duration.ofSeconds(2), PATIENCE, statementTimeout, 0);
  }

  private void empty() {
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      on(shards.database(shard).primary(), "DELETE FROM %s.users".formatted(Shards.schema(shard)));
    }
    // Emptying the others has left rows here.
    shards.databases().values().forEach(d -> on(d.primary(), "TRUNCATE users.changes"));
    sql("TRUNCATE users.emails, users.reservations");
  }

  /** With this many instances of the service. */
  static UsersNode running(int instances) {
    UsersNode users = new UsersNode();
    for (int i = 0; i < instances; i++) {
      users.node.deploy(new UsersVerticle());
    }
    return users;
  }

  ManualClock clock() {
    return node.clock();
  }

  CallContext as(String id) {
    return node.as(id);
  }

  CallContext admin() {
    return node.as(UUID.randomUUID().toString(), "admin");
  }

  /** Reserves and confirms, and gives the new user's id. */
  String register(String email, String name) {
    return register(UUID.randomUUID().toString(), email, name);
  }

  String register(String id, String email, String name) {
    assertThat(node.call(UsersContract.RESERVE, new Reserve(id, email, name), node.anonymous()))
        .isEqualTo(new Reserved(id));
    assertThat(node.call(UsersContract.CONFIRM, new Confirm(id), node.anonymous()))
        .isInstanceOf(Confirmed.class);
    return id;
  }

  OperationReply me(CallContext caller, Header... headers) {
    return run("users.me", List.of(), "", "", caller, headers);
  }

  OperationReply get(String id, CallContext caller, Header... headers) {
    return run("users.get", List.of(id), "", "", caller, headers);
  }

  OperationReply list(String query, CallContext caller) {
    return run("users.list", List.of(), query, "", caller);
  }

  Future<OperationReply> listing(String query, CallContext caller) {
    OperationRequest request = request("users.list", List.of(), query, "");
    return node.onCaller(bus -> bus.call(OperationContract.operate("users"), request, caller));
  }

  OperationReply patch(String id, String body, CallContext caller, Header... headers) {
    return await(patching(id, body, caller, headers));
  }

  Future<OperationReply> patching(String id, String body, CallContext caller, Header... headers) {
    OperationRequest request = request("users.patch", List.of(id), "", body, headers);
    return node.onCaller(bus -> bus.call(OperationContract.operate("users"), request, caller));
  }

  OperationReply delete(String id, CallContext caller, Header... headers) {
    return run("users.delete", List.of(id), "", "", caller, headers);
  }

  /** Waits until so many statements wait for a lock. */
  void awaitLockWaits(int statements) {
    while (waitingStatements().size() < statements) {
      Thread.onSpinWait();
    }
  }

  /** The process ids of the backends whose statement waits for a lock. */
  List<Integer> waitingStatements() {
    List<Integer> pids = new ArrayList<>();
    sql("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        .forEach(row -> pids.add(row.getInteger(0)));
    return pids;
  }

  /** Runs SQL in the home database. */
  RowSet<Row> sql(String statement) {
    return on(shards.home(), statement);
  }

  /** Runs SQL where a user is, with {@code {shard}} for the schema and {@code {id}} for the id. */
  RowSet<Row> sqlOf(String id, String statement) {
    int shard = Shards.of(UUID.fromString(id));
    return on(shards.database(shard).primary(), of(id, statement));
  }

  static String of(String id, String statement) {
    return statement
        .replace("{shard}", Shards.schema(Shards.of(UUID.fromString(id))))
        .replace("{id}", id);
  }

  /** Makes claims look as if they had been made so long ago. */
  void ageClaims(Duration age) {
    sql("UPDATE users.emails SET since = since - interval '%d ms'".formatted(age.toMillis()));
  }

  private static RowSet<Row> on(Postgres database, String statement) {
    return await(database.pool().query(statement).execute());
  }

  static Header ifMatch(String tags) {
    return new Header("if-match", tags);
  }

  static Header ifNoneMatch(String tags) {
    return new Header("if-none-match", tags);
  }

  static JsonNode json(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    try {
      return Json.MAPPER.readTree(((Done) reply).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String etag(OperationReply reply) {
    return reply.headers().stream()
        .filter(header -> header.name().equals("etag"))
        .map(Header::value)
        .findFirst()
        .orElse("none");
  }

  static Refusal refusal(OperationReply reply) {
    assertThat(reply).isInstanceOf(Refused.class);
    return ((Refused) reply).refusal();
  }

  private OperationReply run(
      String operation,
      List<String> path,
      String query,
      String body,
      CallContext caller,
      Header... headers) {
    return node.operate("users", request(operation, path, query, body, headers), caller);
  }

  private static OperationRequest request(
      String operation, List<String> path, String query, String body, Header... headers) {
    List<Header> all = new ArrayList<>(List.of(headers));
    all.add(new Header("content-type", "application/json"));
    return new OperationRequest(
        operation, path, query, all, "192.0.2.1", body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    node.close();
  }
}
