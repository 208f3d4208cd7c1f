package dev.starling.inferencejobs;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node with inference jobs on a real database with all its shards. Events are brought to their
 * consumers by the test in the relay's place, as they are in the real outbox.
 */
final class JobsNode implements AutoCloseable {
  static final String ECHO =
      """
      {"model":"echo","inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1.5,-2]}]}""";

  /** A busy machine takes its time; how long is not what is tested. */
  private static final PostgresConfig PATIENT =
      new PostgresConfig(
          "", 8, 1_000, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(20), 0);

  final TestNode node;
  final Postgres postgres;
  private final AtomicInteger keys = new AtomicInteger();

  JobsNode(Path dataDirectory) {
    node = new TestNode(dataDirectory);
    postgres = TestDatabase.provide(node, JobsNode.class, PATIENT);
    TestShards.provide(node, postgres, ShardsConfig.defaults());
  }

  /** Changes a setting; before what reads it is deployed. */
  ObjectNode settings() {
    return node.settings().withObject("/inference-jobs");
  }

  String deploy() {
    return node.deploy(new InferenceJobsVerticle());
  }

  OperationReply create(UUID user, String body) {
    return create(user, "key-" + keys.incrementAndGet(), body);
  }

  OperationReply create(UUID user, String key, String body) {
    return run(user, "create", List.of(), "", body, new Header("idempotency-key", key));
  }

  /** A new job of this body. */
  UUID created(UUID user, String body) {
    return id(create(user, body));
  }

  JsonNode get(UUID user, UUID job) {
    return json(run(user, "get", List.of(job.toString()), "", ""));
  }

  String state(UUID user, UUID job) {
    return get(user, job).path("state").asText();
  }

  /** The name of the failure. */
  String error(UUID user, UUID job) {
    return get(user, job).path("error").path("code").asText();
  }

  OperationReply result(UUID user, UUID job) {
    return run(user, "result", List.of(job.toString()), "", "");
  }

  OperationReply cancel(UUID user, UUID job) {
    return run(user, "cancel", List.of(job.toString()), "", "");
  }

  OperationReply run(
      UUID user,
      String operation,
      List<String> path,
      String query,
      String body,
      Header... headers) {
    List<Header> all = new ArrayList<>(List.of(headers));
    all.add(new Header("content-type", "application/json"));
    return node.operate(
        "inference-jobs",
        new OperationRequest(
            "inference-jobs." + operation,
            path,
            query,
            all,
            "192.0.2.1",
            body.getBytes(StandardCharsets.UTF_8)),
        node.as(user.toString()));
  }

  /**
   * What a client gets that watches a job.
   *
   * @param over gets why it ended; null when it was complete
   */
  BlockingQueue<String> watch(UUID user, UUID job, Promise<BusException> over) {
    BlockingQueue<String> states = new LinkedBlockingQueue<>();
    OperationRequest request =
        new OperationRequest(
            "inference-jobs.events",
            List.of(job.toString()),
            "",
            List.of(),
            "192.0.2.1",
            new byte[0]);
    await(
        node.onCaller(
            bus ->
                bus.open(
                        OperationContract.stream("inference-jobs"),
                        request,
                        node.as(user.toString()))
                    .onSuccess(
                        opened -> {
                          BusStream<StreamMessage, StreamMessage> stream =
                              Objects.requireNonNull(opened.stream());
                          stream
                              .onItem(item -> states.add(state((Item) item)))
                              .onClosed(failure -> over.complete(failure));
                          stream.end();
                        })));
    return states;
  }

  private static String state(Item item) {
    try {
      return item.event() + ":" + Json.MAPPER.readTree(item.data()).path("state").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String next(BlockingQueue<String> states) {
    try {
      return String.valueOf(states.poll(TestNode.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The events for a consumer of this user's jobs. */
  List<Event> events(String consumer, UUID user) {
    List<Event> events = new ArrayList<>();
    for (Row row :
        sql(
            user,
            """
            SELECT id, source, type, subject, aggregate, owner, time, traceparent, data
            FROM {shard}.outbox WHERE consumer = '%s' AND owner = '%s' ORDER BY seq"""
                .formatted(consumer, user))) {
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

  /** The event that has a job run. */
  Event event(UUID user, UUID job) {
    return events(JobEvents.RUNS, user).stream()
        .filter(event -> event.subject().equals(job.toString()))
        .findFirst()
        .orElseThrow();
  }

  /** Brings it, as a relay does. */
  Settled deliver(UUID user, UUID job) {
    return deliver(JobEvents.RUNS, event(user, job)).get(0);
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

  /** Brings it again and again until it is done. */
  void finish(UUID user, UUID job) {
    Event event = event(user, job);
    Settled settled = deliver(JobEvents.RUNS, event).get(0);
    while (settled.verdict() == Verdict.POSTPONED) {
      settled = deliver(JobEvents.RUNS, event).get(0);
    }
    assertThat(settled).isEqualTo(Settled.DONE);
  }

  /** As if whoever has the job were gone for long. */
  void holdEnds(UUID user, UUID job) {
    sql(
        user,
        "UPDATE {shard}.inference_jobs SET taken_until = now() WHERE id = '%s'".formatted(job));
  }

  RowSet<Row> sql(UUID user, String statement) {
    return await(
        postgres
            .pool()
            .query(statement.replace("{shard}", Shards.schema(Shards.of(user))))
            .execute());
  }

  static UUID id(OperationReply reply) {
    return UUID.fromString(json(reply).path("id").asText());
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
