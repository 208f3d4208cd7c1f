package dev.starling.vectors;

import static dev.starling.testkit.TestNode.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Bus;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Item;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.sdk.LocalCatalog;
import dev.starling.sdk.Members;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestServer;
import dev.starling.testkit.TestShards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Nodes that keep vectors, in one process: each has a scope and an event loop of its own; they
 * reach each other over one bus and share a real database.
 *
 * <p>Used from the test's thread, where every method waits.
 */
final class VectorNodes implements AutoCloseable {
  private final TestNode base = new TestNode(Path.of("unused"));
  private final Shards shards;
  private final Postgres postgres;
  private final List<String> live = new CopyOnWriteArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private volatile List<String> members = List.of();

  /** One of them. */
  final class Node {
    final String id;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final NodeScope scope;
    private String deployment = "";

    private Node(String id, ObjectNode settings) {
      this.id = id;
      this.scope =
          new NodeScope(
                  id,
                  "a",
                  Path.of("unused"),
                  new LocalCatalog(),
                  meters,
                  InstantSource.system(),
                  settings)
              .provide(Shards.class, shards)
              .provide(Members.class, new SeenBy(id, () -> members));
    }

    double gauge(String name) {
      return meters.get(name).gauge().value();
    }

    /** Ends it; the others see that at once. */
    void leave() {
      live.remove(id);
      members = List.copyOf(live);
      stop();
    }

    private void stop() {
      if (!deployment.isEmpty()) {
        await(base.vertx().undeploy(deployment));
        deployment = "";
        scope.close();
      }
    }
  }

  private record SeenBy(String self, Supplier<List<String>> all) implements Members {
    @Override
    public List<String> serving(String service) {
      return all.get();
    }
  }

  /** Nodes with the database of a test class. */
  VectorNodes(Class<?> owner) {
    this.postgres = TestDatabase.provide(base, owner);
    this.shards = TestShards.provide(base, postgres, ShardsConfig.defaults());
  }

  /** Nodes with a server that the test may end. */
  VectorNodes(PostgresEndpoint database) {
    PostgresConfig config = PostgresConfig.defaults().at(TestServer.uri(database));
    this.postgres = await(Postgres.start(base.vertx(), Path.of("unused"), config));
    base.onClose(postgres::close);
    this.shards = TestShards.provide(base, postgres, ShardsConfig.defaults());
  }

  Node add() {
    return add("{}");
  }

  /** Starts a node with this section of its configuration. */
  Node add(String section) {
    ObjectNode settings = Json.MAPPER.createObjectNode();
    settings.set("vectors", json(section));
    Node node = new Node("n-" + (nodes.size() + 1), settings);
    node.deployment =
        await(
            base.vertx()
                .deployVerticle(
                    new Pod(node.scope, base.busNode(), List.of(new VectorsVerticle()))));
    nodes.add(node);
    live.add(node.id);
    members = List.copyOf(live);
    return node;
  }

  /** The node that was started as this one, from zero. */
  Node node(int number) {
    return nodes.get(number);
  }

  TestNode base() {
    return base;
  }

  Shards shards() {
    return shards;
  }

  Postgres postgres() {
    return postgres;
  }

  void sql(String statement) {
    await(postgres.pool().query(statement).execute());
  }

  /** Any of the nodes does an operation for a user. */
  OperationReply operate(UUID user, String operation, List<String> path, String body) {
    return await(operating(user, operation, path, body));
  }

  Future<OperationReply> operating(UUID user, String operation, List<String> path, String body) {
    return base.onCaller(
        bus ->
            bus.call(
                OperationContract.operate("vectors"),
                new OperationRequest(
                    "vectors." + operation,
                    path,
                    "",
                    List.of(new Header("content-type", "application/json")),
                    "192.0.2.1",
                    body.getBytes(UTF_8)),
                as(user)));
  }

  /** The answers to lines that are sent together. */
  List<StreamMessage> lines(UUID user, String operation, List<String> path, List<String> lines) {
    List<StreamMessage> answers = new ArrayList<>();
    Promise<Void> closed = Promise.promise();
    OperationRequest request =
        new OperationRequest(
            "vectors." + operation,
            path,
            "",
            List.of(new Header("content-type", "application/x-ndjson")),
            "192.0.2.1",
            new byte[0]);
    onCaller(
        bus ->
            bus.open(OperationContract.stream("vectors"), request, as(user))
                .map(
                    opened -> {
                      BusStream<StreamMessage, StreamMessage> stream = opened.stream();
                      if (stream == null) {
                        throw new AssertionError(opened.answer());
                      }
                      stream.onItem(answers::add).onClosed(failure -> closed.complete());
                      lines.forEach(line -> stream.send(new Item("", "", line.getBytes(UTF_8))));
                      stream.end();
                      return opened;
                    }));
    await(closed.future());
    return answers;
  }

  CallContext as(UUID user) {
    return base.anonymous().withPrincipal(new Principal(user.toString(), Set.of()));
  }

  <T> T onCaller(Function<Bus, Future<T>> use) {
    return await(base.onCaller(use));
  }

  /** The answer of an operation that went well. */
  JsonNode ask(UUID user, String operation, List<String> path, String body) {
    OperationReply reply = operate(user, operation, path, body);
    if (reply instanceof Done done) {
      return done.body().length == 0
          ? Json.MAPPER.nullNode()
          : json(new String(done.body(), UTF_8));
    }
    throw new AssertionError(reply);
  }

  /** What it was refused as, and why. */
  String refusal(UUID user, String operation, List<String> path, String body) {
    return operate(user, operation, path, body) instanceof Refused refused
        ? refused.refusal()
            + ": "
            + (refused.violations().isEmpty() ? refused.detail() : refused.violations())
        : "none";
  }

  /** Makes a collection of this dimension. */
  void create(UUID user, String name, int dimension, String metric) {
    ask(
        user,
        "create",
        List.of(name),
        "{\"dimension\":%d,\"metric\":\"%s\"}".formatted(dimension, metric));
  }

  /** Waits until all shards of a collection are in memory of their owners. */
  void awaitComplete(UUID user, String name) {
    TestServer.await(
        "the collection is complete",
        () -> ask(user, "describe", List.of(name), "").path("complete").asBoolean());
  }

  static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  @Override
  public void close() {
    nodes.forEach(Node::stop);
    base.close();
  }
}
