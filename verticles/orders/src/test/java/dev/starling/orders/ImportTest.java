package dev.starling.orders;

import static dev.starling.orders.OrdersNode.header;
import static dev.starling.orders.OrdersNode.id;
import static dev.starling.orders.OrdersNode.refused;
import static dev.starling.testkit.TestNode.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Orders as lines of one request. */
@Timeout(120)
class ImportTest {
  private OrdersNode orders;
  private UUID user;

  @BeforeEach
  void start() {
    orders = OrdersNode.running(1);
    user = orders.user();
    orders.stock("A", 10_000);
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  @Test
  void import_manyLines_placesEachOnce() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      lines.add(line("k" + i, "A", 1));
    }

    TreeMap<Long, OperationReply> answers = send(lines);

    assertThat(answers).hasSize(2_000);
    assertThat(answers.values()).allMatch(OrdersNode::isPlaced);
    HashSet<String> ids = new HashSet<>();
    answers.values().forEach(answer -> ids.add(id(answer)));
    assertThat(ids).hasSize(2_000);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(8_000);

    // Sent again, whatever of it had been done: nothing is placed twice.
    TreeMap<Long, OperationReply> again = send(lines);
    for (long line = 1; line <= 2_000; line++) {
      assertThat(header(again.get(line), "idempotency-replayed")).isEqualTo("true");
      assertThat(id(again.get(line))).isEqualTo(id(answers.get(line)));
    }
    assertThat(orders.sum("count(*)", "orders")).isEqualTo(2_000);
  }

  @Test
  void import_badLines_areRefusedAndTheRestGoesOn() {
    TreeMap<Long, OperationReply> answers =
        send(
            List.of(
                line("k1", "A", 1),
                line("k2", "X", 1),
                "no JSON",
                "{\"lines\":[{\"sku\":\"A\",\"quantity\":1}]}",
                line("k5", "A", 100_000),
                line("k6", "A", 2)));

    assertThat(answers.get(1L)).matches(OrdersNode::isPlaced);
    assertThat(refused(answers.get(2L)).refusal()).isEqualTo(Refusal.INVALID);
    assertThat(refused(answers.get(3L)).refusal()).isEqualTo(Refusal.MALFORMED);
    assertThat(refused(answers.get(4L)).violations().get(0).pointer())
        .isEqualTo("/idempotency_key");
    assertThat(refused(answers.get(5L)).type()).isEqualTo("insufficient-stock");
    assertThat(answers.get(6L)).matches(OrdersNode::isPlaced);
    assertThat(orders.product("A").path("stock").asLong()).isEqualTo(9_997);
  }

  private static String line(String key, String sku, int quantity) {
    return "{\"idempotency_key\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"quantity\":%d}]}"
        .formatted(key, sku, quantity);
  }

  /** Sends lines as they are taken, and gives the answers by line. */
  private TreeMap<Long, OperationReply> send(List<String> lines) {
    OperationRequest request =
        new OperationRequest(
            "orders.place-all", List.of(), "", List.of(), "192.0.2.1", new byte[0]);
    return await(
        orders.node.onCaller(
            bus -> {
              Promise<TreeMap<Long, OperationReply>> done = Promise.promise();
              TreeMap<Long, OperationReply> answers = new TreeMap<>();
              Deque<String> left = new ArrayDeque<>(lines);
              bus.open(OperationContract.stream("orders"), request, orders.as(user))
                  .onFailure(done::tryFail)
                  .onSuccess(
                      opened -> {
                        BusStream<StreamMessage, StreamMessage> stream =
                            Objects.requireNonNull(opened.stream());
                        stream
                            .onItem(
                                message -> {
                                  Answered answered = (Answered) message;
                                  answers.put(answered.number(), answered.reply());
                                })
                            .onWritable(() -> send(stream, left))
                            .onClosed(
                                failure -> {
                                  if (failure == null) {
                                    done.complete(answers);
                                  } else {
                                    done.fail(failure);
                                  }
                                });
                        send(stream, left);
                      });
              return done.future();
            }));
  }

  private static void send(BusStream<StreamMessage, StreamMessage> stream, Deque<String> left) {
    while (!left.isEmpty() && stream.isWritable()) {
      stream.send(new Item("", "", left.remove().getBytes(UTF_8)));
    }
    if (left.isEmpty()) {
      stream.end();
    }
  }
}
