package dev.starling.devices;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
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
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A node with devices on a real database with all its shards. Events are brought to their consumers
 * by the test in the relay's place, as they are in the real outbox.
 */
final class DevicesNode implements AutoCloseable {
  static final String PHONE =
      """
      {"name":"Ada's phone","kind":"phone","capabilities":["set_wallpaper","send_to","print"]}""";

  static final String LAMP =
      """
      {"name":"Lamp","kind":"light","location":"kitchen","capabilities":["dim"]}""";

  /** A busy machine takes its time; how long is not what is tested. */
  private static final PostgresConfig PATIENT =
      new PostgresConfig(
          "", 8, 1_000, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(20), 0);

  final TestNode node;
  final Postgres postgres;

  DevicesNode(Path dataDirectory) {
    node = new TestNode(dataDirectory);
    postgres = TestDatabase.provide(node, DevicesNode.class, PATIENT);
    TestShards.provide(node, postgres, ShardsConfig.defaults());
  }

  /** Changes a setting; before what reads it is deployed. */
  ObjectNode settings() {
    return node.settings().withObject("/devices");
  }

  String deploy() {
    return node.deploy(new DevicesVerticle());
  }

  OperationReply put(UUID user, String device, String body) {
    return run(user, "put", List.of(device), "", body);
  }

  JsonNode get(UUID user, String device) {
    return json(run(user, "get", List.of(device), "", ""));
  }

  OperationReply remove(UUID user, String device) {
    return run(user, "delete", List.of(device), "", "");
  }

  OperationReply ack(UUID user, String device, UUID command, String status) {
    return run(
        user,
        "acknowledge",
        List.of(device, command.toString()),
        "",
        "{\"status\":\"%s\"}".formatted(status));
  }

  /** A command as its user sees it; missing when the device has none of that id. */
  JsonNode command(UUID user, String device, UUID command) {
    JsonNode page = json(run(user, "commands", List.of(device), "limit=100", "")).path("commands");
    for (JsonNode one : page) {
      if (one.path("id").asText().equals(command.toString())) {
        return one;
      }
    }
    return page.path(-1);
  }

  String state(UUID user, String device, UUID command) {
    return command(user, device, command).path("state").asText();
  }

  OperationReply run(UUID user, String operation, List<String> path, String query, String body) {
    return node.operate("devices", request(operation, path, query, body), node.as(user.toString()));
  }

  private static OperationRequest request(
      String operation, List<String> path, String query, String body) {
    return new OperationRequest(
        "devices." + operation,
        path,
        query,
        List.of(new Header("content-type", "application/json")),
        "192.0.2.1",
        body.getBytes(StandardCharsets.UTF_8));
  }

  /** A device that listens: the commands it gets, and why that ended; null when it was complete. */
  record Listener(
      BlockingQueue<JsonNode> commands,
      Promise<BusException> over,
      BusStream<StreamMessage, StreamMessage> stream) {

    /** The id of the next command. */
    UUID next() {
      try {
        JsonNode command = commands.poll(TestNode.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(command).as("a command").isNotNull();
        return UUID.fromString(command.path("id").asText());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  Listener listen(UUID user, String device) {
    BlockingQueue<JsonNode> commands = new LinkedBlockingQueue<>();
    Promise<BusException> over = Promise.promise();
    return await(
        node.onCaller(
            bus ->
                bus.open(
                        OperationContract.stream("devices"),
                        request("stream", List.of(device), "", ""),
                        node.as(user.toString()))
                    .map(
                        opened -> {
                          BusStream<StreamMessage, StreamMessage> stream =
                              Objects.requireNonNull(opened.stream(), "refused");
                          stream
                              .onItem(item -> commands.add(read((Item) item)))
                              .onClosed(failure -> over.complete(failure));
                          stream.end();
                          return new Listener(commands, over, stream);
                        })));
  }

  /** Asks for a stream that is refused. */
  Refused listenInVain(UUID user, String device) {
    OperationReply answer =
        await(
                node.onCaller(
                    bus ->
                        bus.open(
                            OperationContract.stream("devices"),
                            request("stream", List.of(device), "", ""),
                            node.as(user.toString()))))
            .answer();
    return refused(answer);
  }

  /** The device goes away without a word. */
  void leave(Listener listener) {
    await(
        node.onCaller(
            bus -> {
              listener.stream().reset(ErrorCode.CANCELLED, "left");
              return Future.succeededFuture();
            }));
  }

  private static JsonNode read(Item item) {
    assertThat(item.event()).isEqualTo("command");
    try {
      JsonNode command = Json.MAPPER.readTree(item.data());
      assertThat(item.id()).isEqualTo(command.path("id").asText());
      return command;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Settled deliver(TestCommand command) {
    return deliver("devices", command.event()).get(0);
  }

  List<Settled> deliver(String consumer, Event... events) {
    return await(
            node.onCaller(
                bus ->
                    bus.call(
                        EventContract.deliver(consumer),
                        TestOrders.batch(events),
                        node.anonymous())))
        .events();
  }

  /** What waits in the outbox for the web-hooks of this user's devices. */
  List<Event> webhookEvents(UUID user) {
    List<Event> events = new ArrayList<>();
    for (Row row :
        sql(
            user,
            """
            SELECT id, source, type, subject, aggregate, owner, time, traceparent, data
            FROM {shard}.outbox WHERE consumer = 'device-webhooks' AND owner = '%s' ORDER BY seq"""
                .formatted(user))) {
      events.add(
          new Event(
              row.getUUID(0).toString(),
              row.getString(1),
              row.getString(2),
              row.getString(3),
              row.getString(4),
              row.getUUID(5).toString(),
              row.getOffsetDateTime(6).toInstant().toString(),
              row.getString(7),
              row.getString(8)));
    }
    return events;
  }

  RowSet<Row> sql(UUID user, String statement) {
    return await(
        postgres
            .pool()
            .query(statement.replace("{shard}", Shards.schema(Shards.of(user))))
            .execute());
  }

  /** So many of these happened on this node. */
  double counted(String event) {
    return node.scope().meters().counter("devices.commands", "event", event).count();
  }

  static JsonNode json(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    try {
      return Json.MAPPER.readTree(((Done) reply).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Refused refused(OperationReply reply) {
    assertThat(reply).isInstanceOf(Refused.class);
    return (Refused) reply;
  }

  @Override
  public void close() {
    node.close();
  }
}
