package dev.starling.sink;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.order.OrderEvents;
import dev.starling.redis.Redis;
import dev.starling.redis.RedisConfig;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Secret;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestOrders;
import dev.starling.testkit.TestOrders.Order;
import dev.starling.testkit.TestRedis;
import dev.starling.testkit.TestShards;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real Redis server, which is killed and started again. */
@Timeout(60)
class SinkVerticleTest {
  private static final Instant AT = Instant.parse("2030-01-01T10:00:00Z");
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final TestRedis server = TestRedis.start();
  private TestNode node;
  private Redis redis;

  @BeforeEach
  void start() {
    node = new TestNode(Path.of("unused"));
    TestShards.provide(node, SinkVerticleTest.class);
    redis =
        await(
            Redis.start(
                node.vertx(),
                new RedisConfig(server.uri(), Secret.NONE, 2, 200, LIMIT, Duration.ofSeconds(1)),
                node.scope().meters(),
                new Random(1)));
    node.onClose(redis::close);
    node.scope().provide(Redis.class, redis);
    node.settings().withObject("/sink").withArray("types").add(OrderEvents.PLACED);
    node.settings().withObject("/sink/redis").put("stream", "events").put("max-length", 1_000);
  }

  @AfterEach
  void stop() {
    node.close();
    server.close();
  }

  @Test
  void event_ofAConfiguredType_isAnEntryWithItsAttributes() {
    node.deploy(new SinkVerticle());
    Event event = Order.of(1999, "EUR", "A").placed(AT);
    EventBatch batch = TestOrders.batch(event);

    assertThat(deliver(batch)).containsExactly(Settled.DONE);

    assertThat(entries())
        .containsExactly(
            Map.of(
                "id",
                event.id(),
                "source",
                "/starling/orders",
                "type",
                OrderEvents.PLACED,
                "subject",
                event.subject(),
                "time",
                "2030-01-01T10:00:00Z",
                "aggregate",
                event.aggregate(),
                "owner",
                event.owner(),
                "shard",
                Integer.toString(batch.shard()),
                "traceparent",
                "",
                "data",
                event.data()));
  }

  @Test
  void events_ofOtherTypes_countAsDoneAndAreNotCopied() {
    node.deploy(new SinkVerticle());
    Order order = Order.of(100, "EUR", "A");

    assertThat(deliver(TestOrders.batch(order.placed(AT), order.cancelled(AT))))
        .containsExactly(Settled.DONE, Settled.DONE);
    assertThat(entries())
        .extracting(entry -> entry.get("type"))
        .containsExactly(OrderEvents.PLACED);
  }

  @Test
  void events_batchAfterBatch_areInTheirOrder() {
    node.deploy(new SinkVerticle());
    Order order = Order.of(100, "EUR", "A");
    List<String> sent = new ArrayList<>();
    for (int batch = 0; batch < 10; batch++) {
      Event[] events = IntStream.range(0, 20).mapToObj(i -> order.placed(AT)).toArray(Event[]::new);
      List.of(events).forEach(event -> sent.add(event.id()));
      assertThat(deliver(TestOrders.batch(events))).containsOnly(Settled.DONE);
    }

    assertThat(entries()).extracting(entry -> entry.get("id")).containsExactlyElementsOf(sent);
  }

  @Test
  void stream_beyondItsLength_isCutToAboutThat() {
    node.settings().withObject("/sink/redis").put("max-length", 100);
    node.deploy(new SinkVerticle());
    Order order = Order.of(100, "EUR", "A");
    for (int batch = 0; batch < 10; batch++) {
      deliver(
          TestOrders.batch(
              IntStream.range(0, 100).mapToObj(i -> order.placed(AT)).toArray(Event[]::new)));
    }

    // Redis cuts whole nodes of 100 entries.
    assertThat(entries()).hasSizeBetween(100, 200);
  }

  @Test
  void redis_killedAndStartedAgain_getsWhatCameMeanwhile() {
    node.deploy(new SinkVerticle());
    EventBatch batch = TestOrders.batch(Order.of(100, "EUR", "A").placed(AT));
    server.kill();
    awaitUp(false);

    assertThatThrownBy(() -> deliver(batch))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));

    server.restart();
    awaitUp(true);
    assertThat(deliver(batch)).containsExactly(Settled.DONE);
    assertThat(entries()).hasSize(1);
  }

  @Test
  void redis_refuses_isForLater() {
    node.deploy(new SinkVerticle());
    await(redis.send(Request.cmd(Command.SET).arg("events").arg("no stream"), LIMIT));

    List<Settled> verdicts = deliver(TestOrders.batch(Order.of(100, "EUR", "A").placed(AT)));

    assertThat(verdicts.get(0).verdict()).isEqualTo(EventContract.Verdict.LATER);
    assertThat(verdicts.get(0).reason()).contains("WRONGTYPE");
  }

  @Test
  void sink_notConfigured_takesNothing() {
    node.settings().withObject("/sink/redis").put("stream", "");
    node.deploy(new SinkVerticle());

    assertThatThrownBy(() -> deliver(TestOrders.batch(Order.of(100, "EUR", "A").placed(AT))))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void deploy_streamWithoutRedis_isRefused() {
    try (TestNode other = new TestNode(Path.of("unused"))) {
      TestShards.provide(other, SinkVerticleTest.class);
      other.settings().withObject("/sink").withArray("types").add(OrderEvents.PLACED);
      other.settings().withObject("/sink/redis").put("stream", "events");

      assertThatThrownBy(() -> other.deploy(new SinkVerticle()))
          .isInstanceOf(ConfigException.class)
          .hasMessage("sink.redis.stream: events (expected: none, or redis.uri)");
    }
  }

  private List<Settled> deliver(EventBatch batch) {
    return node.call(EventContract.deliver("sink"), batch, node.anonymous()).events();
  }

  private List<Map<String, String>> entries() {
    Response range =
        await(redis.send(Request.cmd(Command.XRANGE).arg("events").arg("-").arg("+"), LIMIT));
    List<Map<String, String>> entries = new ArrayList<>();
    for (Response entry : range) {
      Response fields = entry.get(1);
      Map<String, String> read = new LinkedHashMap<>();
      for (int i = 0; i < fields.size(); i += 2) {
        read.put(fields.get(i).toString(), fields.get(i + 1).toString());
      }
      entries.add(read);
    }
    return entries;
  }

  /** Until every connection is as expected: a call is sent on each in turn. */
  private void awaitUp(boolean expected) {
    int inARow = 0;
    while (inARow < 4) {
      Future<Response> pong = redis.send(Request.cmd(Command.PING), LIMIT);
      boolean up = await(pong.transform(done -> Future.succeededFuture(done.succeeded())));
      inARow = up == expected ? inARow + 1 : 0;
      await(node.vertx().timer(10, TimeUnit.MILLISECONDS));
    }
  }
}
