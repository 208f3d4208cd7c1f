package dev.starling.fusion;

import static dev.starling.testkit.TestNode.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.starling.fusion.core.Resolver;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.sdk.LocalCatalog;
import dev.starling.sdk.Members;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.testkit.ManualClock;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestServer;
import dev.starling.testkit.TestShards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that run fusion, in one process: each has a scope and an event loop of its own; they reach
 * each other over one bus, share a real database, and have one clock that the test moves.
 *
 * <p>Used from the test's thread, where every method waits.
 */
final class FusionNodes implements AutoCloseable {
  static final Duration LATENESS = Duration.ofMillis(100);

  private final TestNode base = new TestNode(Path.of("unused"));
  private final Neighbours neighbours = new Neighbours();
  private final Shards shards;
  private final Postgres postgres;
  private final Resolver resolver;
  private final InstantSource time;
  private final List<String> live = new CopyOnWriteArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private volatile List<String> members = List.of();

  /** One of them. */
  final class Node {
    final String id;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final NodeScope scope;
    private final List<String> deployments = new ArrayList<>();

    private Node(String id, ObjectNode settings, Supplier<List<String>> seen) {
      this.id = id;
      this.scope =
          new NodeScope(id, "a", Path.of("unused"), new LocalCatalog(), meters, time, settings)
              .provide(Shards.class, shards)
              .provide(Postgres.class, postgres)
              .provide(Members.class, new SeenBy(id, seen));
    }

    double counter(String name) {
      return meters.get(name).counter().count();
    }

    /** Ends it; the others see that at once. */
    void leave() {
      live.remove(id);
      members = List.copyOf(live);
      stop();
    }

    private void stop() {
      if (!deployments.isEmpty()) {
        deployments.forEach(one -> await(base.vertx().undeploy(one)));
        deployments.clear();
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

  FusionNodes(Class<?> owner, Resolver resolver) {
    this(owner, resolver, null);
  }

  /**
   * @param time null for the clock that the test moves
   */
  FusionNodes(Class<?> owner, Resolver resolver, @Nullable InstantSource time) {
    this.resolver = resolver;
    this.time = time == null ? base.clock() : time;
    this.postgres = TestDatabase.provide(base, owner);
    this.shards = TestShards.provide(base, postgres, ShardsConfig.defaults());
    base.deploy(neighbours);
  }

  /** Starts a node that sees the others. */
  Node add() {
    return add(true);
  }

  /**
   * Starts a node.
   *
   * @param sees the others; otherwise it believes to be alone
   */
  Node add(boolean sees) {
    ObjectNode settings = Json.MAPPER.createObjectNode();
    settings
        .putObject("fusion")
        .put("lateness", LATENESS.toMillis() + "ms")
        .put("max-image-bytes", 64 * 1024)
        .put("max-batch-events", 20);
    return start(settings, sees, 1);
  }

  /** Starts a node with so many instances. */
  Node start(ObjectNode settings, boolean sees, int instances) {
    String id = "n-" + (nodes.size() + 1);
    Node node = new Node(id, settings, sees ? () -> members : () -> List.of(id));
    for (int i = 0; i < instances; i++) {
      node.deployments.add(
          await(
              base.vertx()
                  .deployVerticle(
                      new Pod(
                          node.scope,
                          base.busNode(),
                          List.of(new FusionVerticle(() -> resolver))))));
    }
    nodes.add(node);
    live.add(node.id);
    members = List.copyOf(live);
    return node;
  }

  TestNode base() {
    return base;
  }

  Neighbours neighbours() {
    return neighbours;
  }

  Shards shards() {
    return shards;
  }

  Postgres postgres() {
    return postgres;
  }

  ManualClock clock() {
    return base.clock();
  }

  Instant now() {
    return base.clock().instant();
  }

  /** Lets the lateness bound pass, and what decisions need besides. */
  void pass() {
    base.clock().advance(LATENESS.plusMillis(500));
  }

  /** The first column of the first row. */
  long count(UUID user, String sql) {
    return await(
        postgres
            .pool()
            .query(
                sql.replace("{shard}", Shards.schema(Shards.of(user)))
                    .replace("{user}", "'" + user + "'"))
            .execute()
            .map(rows -> rows.iterator().next().getLong(0)));
  }

  long events(UUID user) {
    return count(user, "SELECT count(*) FROM {shard}.fusion_events WHERE user_id = {user}");
  }

  long decisions(UUID user) {
    return count(user, "SELECT count(*) FROM {shard}.fusion_decisions WHERE user_id = {user}");
  }

  long due(UUID user) {
    return count(user, "SELECT count(*) FROM {shard}.fusion_due WHERE user_id = {user}");
  }

  /** The data of what was told of a user, in its order. */
  List<JsonNode> told(UUID user, String type) {
    return await(
        postgres
            .pool()
            .query(
                "SELECT data FROM %s.outbox WHERE owner = '%s' AND type = '%s' ORDER BY seq"
                    .formatted(Shards.schema(Shards.of(user)), user, type))
            .execute()
            .map(rows -> rows.stream().map(row -> json(row.getString(0))).toList()));
  }

  CallContext as(UUID user) {
    return base.anonymous().withPrincipal(new Principal(user.toString(), Set.of()));
  }

  /** Any of the nodes takes a batch for a user. */
  OperationReply post(UUID user, String... events) {
    return take(user, "application/cloudevents-batch+json", "[" + String.join(",", events) + "]");
  }

  OperationReply take(UUID user, String contentType, String body, Header... headers) {
    return take(user, contentType, body.getBytes(UTF_8), headers);
  }

  OperationReply take(UUID user, String contentType, byte[] body, Header... headers) {
    List<Header> all = new ArrayList<>(List.of(headers));
    all.add(new Header("content-type", contentType));
    return operate(user, "fusion.events", List.of(), "", all, body);
  }

  OperationReply ask(UUID user, String operation, List<String> path, String query) {
    return operate(user, operation, path, query, List.of(), new byte[0]);
  }

  private OperationReply operate(
      UUID user,
      String operation,
      List<String> path,
      String query,
      List<Header> headers,
      byte[] body) {
    return await(
        base.onCaller(
            bus ->
                bus.call(
                    OperationContract.operate("fusion"),
                    new OperationRequest(operation, path, query, headers, "192.0.2.1", body),
                    as(user))));
  }

  Future<OperationReply> asking(UUID user, String query) {
    return base.onCaller(
        bus ->
            bus.call(
                OperationContract.operate("fusion"),
                new OperationRequest(
                    "fusion.find-decision", List.of(), query, List.of(), "192.0.2.1", new byte[0]),
                as(user)));
  }

  /** The decision of an utterance, once there is one of this revision. */
  JsonNode decided(UUID user, String id, int revision) {
    JsonNode[] found = new JsonNode[1];
    TestServer.await(
        id + " is decided",
        () -> {
          if (!(ask(user, "fusion.find-decision", List.of(), "utterance=" + id)
              instanceof Done done)) {
            return false;
          }
          found[0] = json(done);
          return found[0].path("revision").asInt() >= revision;
        });
    return found[0];
  }

  /** A stream of an operation: what comes, and a way to send. */
  final class Open {
    final List<JsonNode> items = new CopyOnWriteArrayList<>();
    final Promise<Void> closed = Promise.promise();
    private BusStream<StreamMessage, StreamMessage> stream;

    void send(String... texts) {
      await(
          base.onCaller(
              bus -> {
                for (String text : texts) {
                  stream.send(new Item("", "", text.getBytes(UTF_8)));
                }
                return Future.succeededFuture();
              }));
    }

    /** Sends as the stream takes it, like a client that heeds its credit. */
    void sendAll(List<String> texts) {
      Promise<Void> sent = Promise.promise();
      Iterator<String> left = texts.iterator();
      await(
          base.onCaller(
              bus -> {
                Runnable proceed =
                    () -> {
                      while (left.hasNext() && stream.isWritable()) {
                        stream.send(new Item("", "", left.next().getBytes(UTF_8)));
                      }
                      if (!left.hasNext()) {
                        sent.tryComplete();
                      }
                    };
                stream.onWritable(proceed);
                proceed.run();
                return sent.future();
              }));
    }

    void end() {
      await(
          base.onCaller(
              bus -> {
                stream.end();
                return Future.succeededFuture();
              }));
    }

    void awaitItems(int count) {
      TestServer.await(count + " items", () -> items.size() >= count);
    }
  }

  Open open(UUID user, String operation, Header... headers) {
    Open open = new Open();
    await(
        base.onCaller(
            bus ->
                bus.open(
                        OperationContract.stream("fusion"),
                        new OperationRequest(
                            operation, List.of(), "", List.of(headers), "192.0.2.1", new byte[0]),
                        as(user))
                    .map(
                        opened -> {
                          BusStream<StreamMessage, StreamMessage> stream = opened.stream();
                          if (stream == null) {
                            throw new AssertionError(opened.answer());
                          }
                          open.stream = stream;
                          stream
                              .onItem(
                                  message -> {
                                    if (message instanceof Item item) {
                                      open.items.add(json(new String(item.data(), UTF_8)));
                                    }
                                  })
                              .onEnd(stream::end)
                              .onClosed(failure -> open.closed.tryComplete());
                          return opened;
                        })));
    return open;
  }

  // Events.

  String said(String id, Instant time, String transcript) {
    return event(
        id, "speech", time, "{\"transcript\":\"%s\",\"confidence\":0.9}".formatted(transcript));
  }

  String image(String id, Instant time) {
    return event(id, "image", time, "{\"image_id\":\"%s\",\"caption\":\"a dog\"}".formatted(id));
  }

  String done(String id, Instant time, String action) {
    return event(id, "behaviour", time, "{\"action\":\"%s\"}".formatted(action));
  }

  static String event(String id, String type, Instant time, String data) {
    return """
        {"specversion":"1.0","id":"%s","source":"/devices/phone-1","type":"dev.starling.fusion.%s",\
        "time":"%s","data":%s}"""
        .formatted(id, type, time, data);
  }

  static JsonNode json(OperationReply reply) {
    if (reply instanceof Done done) {
      return json(new String(done.body(), UTF_8));
    }
    throw new AssertionError(reply);
  }

  /** What it was refused as, and why. */
  static String refusal(OperationReply reply) {
    return reply instanceof Refused refused
        ? refused.refusal()
            + ": "
            + (refused.violations().isEmpty() ? refused.detail() : refused.violations())
        : "none";
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
