package dev.starling.ping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Item;
import dev.starling.testkit.TestNode;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PingVerticleTest {
  @Test
  void ping_anybody_isAnsweredWithPong(@TempDir Path directory) {
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new PingVerticle());

      OperationReply reply =
          node.operate(
              "ping",
              new OperationRequest("ping.ping", List.of(), "", List.of(), "192.0.2.1", new byte[0]),
              node.anonymous());

      assertThat(reply)
          .isInstanceOfSatisfying(
              Done.class,
              done -> {
                assertThat(done.kind()).isEqualTo(Kind.OK);
                assertThat(done.contentType()).isEqualTo("application/json");
                assertThat(new String(done.body(), UTF_8)).isEqualTo("{\"message\":\"pong\"}");
              });
    }
  }

  @Test
  void pings_counted_areSentAndEnd(@TempDir Path directory) {
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new PingVerticle());

      List<Item> pings = read(node, "ping.pings", "count=5&interval_millis=1", List.of());

      assertThat(pings).extracting(Item::id).containsExactly("1", "2", "3", "4", "5");
      assertThat(pings).extracting(Item::event).containsOnly("ping");
      assertThat(new String(pings.get(4).data(), UTF_8))
          .startsWith("{\"number\":5,\"node\":\"test\",\"time\":\"");
    }
  }

  @Test
  void pings_ofAClientThatComesBack_goOn(@TempDir Path directory) {
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new PingVerticle());
      List<Header> seen = List.of(new Header("last-event-id", "3"));

      List<Item> pings = read(node, "ping.pings", "count=5&interval_millis=1", seen);

      assertThat(pings).extracting(Item::id).containsExactly("4", "5");
    }
  }

  @Test
  void pings_unusableIdOfTheLastEvent_isRefused(@TempDir Path directory) {
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new PingVerticle());
      OperationRequest request =
          request("ping.pings", "", List.of(new Header("last-event-id", "-1")));

      OperationReply answer =
          TestNode.await(
                  node.onCaller(
                      bus -> bus.open(OperationContract.stream("ping"), request, node.anonymous())))
              .answer();

      assertThat(answer)
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.detail()).contains("(expected: 0..9999999)"));
    }
  }

  @Test
  void echo_moreThanAWindowBeforeAnythingIsRead_comesBackInOrder(@TempDir Path directory) {
    int count = 500;
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new PingVerticle());
      Promise<List<Item>> echoes = Promise.promise();
      node.onCaller(
          bus ->
              bus.open(
                      OperationContract.stream("ping"),
                      request("ping.echo", "", List.of()),
                      node.anonymous())
                  .onSuccess(
                      opened -> {
                        BusStream<StreamMessage, StreamMessage> stream =
                            Objects.requireNonNull(opened.stream());
                        collect(stream, echoes);
                        sendAll(stream, count);
                      }));

      List<Item> items = TestNode.await(echoes.future());

      assertThat(items).hasSize(count);
      for (int i = 1; i <= count; i++) {
        assertThat(new String(items.get(i - 1).data(), UTF_8))
            .isEqualTo("{\"text\":\"" + i + "\",\"node\":\"test\"}");
      }
    }
  }

  private static void sendAll(BusStream<StreamMessage, StreamMessage> stream, int count) {
    AtomicInteger next = new AtomicInteger();
    Runnable send =
        () -> {
          while (next.get() < count && stream.isWritable()) {
            String text = "{\"text\":\"" + next.incrementAndGet() + "\"}";
            stream.send(new Item("", "", text.getBytes(UTF_8)));
          }
          if (next.get() == count) {
            stream.end();
          }
        };
    stream.onWritable(send);
    send.run();
  }

  /** Opens a stream and reads it to its end. */
  private static List<Item> read(
      TestNode node, String operation, String query, List<Header> headers) {
    Promise<List<Item>> items = Promise.promise();
    node.onCaller(
        bus ->
            bus.open(
                    OperationContract.stream("ping"),
                    request(operation, query, headers),
                    node.anonymous())
                .onSuccess(
                    opened -> {
                      collect(Objects.requireNonNull(opened.stream()), items);
                      Objects.requireNonNull(opened.stream()).end();
                    })
                .onFailure(items::tryFail));
    return TestNode.await(items.future());
  }

  private static void collect(
      BusStream<StreamMessage, StreamMessage> stream, Promise<List<Item>> items) {
    List<Item> collected = new ArrayList<>();
    stream
        .onItem(item -> collected.add((Item) item))
        .onClosed(
            failure -> {
              if (failure == null) {
                items.complete(collected);
              } else {
                items.fail(failure);
              }
            });
  }

  private static OperationRequest request(String operation, String query, List<Header> headers) {
    return new OperationRequest(operation, List.of(), query, headers, "192.0.2.1", new byte[0]);
  }
}
