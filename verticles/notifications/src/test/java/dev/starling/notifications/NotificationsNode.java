package dev.starling.notifications;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.CallContext;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.Shards;
import dev.starling.postgres.shards.ShardsConfig;
import dev.starling.sdk.Json;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestDatabase;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestOrders.Order;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A node with notifications on a real database with all its shards. Events are brought to its
 * consumers by the test in the relay's place; requests are read from the real outbox.
 */
final class NotificationsNode implements AutoCloseable {
  static final Instant AT = Instant.parse("2030-01-01T10:00:00Z");

  final TestNode node;
  final TestAddresses addresses = new TestAddresses();
  private final Postgres postgres;

  NotificationsNode(Path dataDirectory) {
    node = new TestNode(dataDirectory);
    postgres = TestDatabase.provide(node, NotificationsNode.class);
    TestShards.provide(node, postgres, ShardsConfig.defaults());
    node.deploy(addresses);
  }

  /** Changes a setting of this module; before what reads it is deployed. */
  ObjectNode smtp() {
    return node.settings().withObject("/notifications/smtp");
  }

  /** A mail server on loopback without encryption. */
  void mailTo(int port) {
    smtp()
        .put("host", "127.0.0.1")
        .put("port", port)
        .put("tls", "none")
        .put("from", "orders@example.org");
  }

  void deploy(ServiceVerticle... verticles) {
    node.deploy(verticles);
  }

  /** An order of a new user who has this address. */
  Order orderOf(String address) {
    Order order = Order.of(1999, "EUR", "A");
    addresses.put(order.user().toString(), address);
    return order;
  }

  Future<Receipt> delivering(String consumer, Event... events) {
    return node.onCaller(
        bus ->
            bus.call(EventContract.deliver(consumer), TestOrders.batch(events), node.anonymous()));
  }

  List<Settled> deliver(String consumer, Event... events) {
    return await(delivering(consumer, events)).events();
  }

  /** Likewise, with this time for it. */
  List<Settled> deliver(String consumer, Duration limit, Event... events) {
    CallContext context = node.anonymous().withDeadline(System.nanoTime() + limit.toNanos());
    return await(
            node.onCaller(
                bus ->
                    bus.call(EventContract.deliver(consumer), TestOrders.batch(events), context)))
        .events();
  }

  /** What was requested of a consumer for the notifications of a user. */
  List<Event> requests(String consumer, UUID user) {
    List<Event> events = new ArrayList<>();
    for (Row row :
        await(
            postgres
                .pool()
                .query(
                    """
                    SELECT id, source, type, subject, aggregate, owner, time, traceparent, data
                    FROM %s.outbox WHERE consumer = '%s' AND owner = '%s' ORDER BY seq"""
                        .formatted(Shards.schema(Shards.of(user)), consumer, user))
                .execute())) {
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

  /** The one request of a consumer for a user. */
  Event request(String consumer, UUID user) {
    List<Event> requests = requests(consumer, user);
    assertThat(requests).hasSize(1);
    return requests.get(0);
  }

  JsonNode list(UUID user) {
    return list(user, "");
  }

  JsonNode list(UUID user, String query) {
    OperationReply reply = show(user.toString(), query, node.as(user.toString()));
    assertThat(reply).isInstanceOf(Done.class);
    try {
      return Json.MAPPER.readTree(((Done) reply).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  OperationReply show(String user, String query, CallContext caller) {
    return node.operate(
        "notifications",
        new OperationRequest(
            "notifications.list", List.of(user), query, List.of(), "192.0.2.1", new byte[0]),
        caller);
  }

  /** The state of a channel of a user's newest notification. */
  String channel(UUID user, String channel) {
    return list(user).path("notifications").path(0).path("channels").path(channel).asText();
  }

  static String outcome(OperationReply reply) {
    return reply instanceof Refused refused
        ? refused.refusal().name()
        : ((Done) reply).kind().name();
  }

  void sql(String statement) {
    await(postgres.pool().query(statement).execute());
  }

  @Override
  public void close() {
    node.close();
  }
}
