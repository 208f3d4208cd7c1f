package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.LeanClient;
import dev.starling.load.OpenLoop;
import dev.starling.load.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Users who order one piece each time, each time another of a few products. Confined to its {@link
 * OpenLoop}.
 */
final class OrderCalls implements OpenLoop.Calls {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long HIGHEST_MICROS = 60_000_000;

  private final LeanClient client;
  private final String path;
  private final LabNode node;
  private final List<User> users;
  private final int skus;
  private final Random random;
  private final String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
  private Histogram latency = new Histogram(HIGHEST_MICROS, 3);
  private Map<Integer, Integer> statuses = new TreeMap<>();
  private long number;

  private OrderCalls(
      Vertx vertx,
      LabNode node,
      String path,
      List<User> users,
      int skus,
      int connections,
      long seed) {
    this.path = path;
    this.client = new LeanClient(vertx, node.host(), node.httpPort(), connections, connections);
    this.node = node;
    this.users = users;
    this.skus = skus;
    this.random = new Random(seed);
  }

  /**
   * @param path where orders are placed
   */
  static OpenLoop<OrderCalls> against(
      LabNode node, String path, List<User> users, int skus, int connections, long seed) {
    return new OpenLoop<>(
        vertx -> new OrderCalls(vertx, node, path, users, skus, connections, seed));
  }

  /**
   * What became of the calls since this was asked the last time.
   *
   * @param latency of those that were placed, in microseconds
   * @param statuses how many answers there were of each; 0 for none
   */
  record Outcome(Histogram latency, Map<Integer, Integer> statuses) {
    int placed() {
      return statuses.getOrDefault(201, 0) + statuses.getOrDefault(200, 0);
    }

    int refused() {
      return statuses.getOrDefault(503, 0);
    }

    int others() {
      return statuses.values().stream().mapToInt(Integer::intValue).sum() - placed() - refused();
    }
  }

  /** Opens connections for calls to come. */
  Future<Void> connect(int connections) {
    return client.connect(connections);
  }

  Outcome take() {
    Outcome outcome = new Outcome(latency, statuses);
    latency = new Histogram(HIGHEST_MICROS, 3);
    statuses = new TreeMap<>();
    return outcome;
  }

  @Override
  public Future<?> next(long dueNanos) {
    Promise<Void> ended = Promise.promise();
    client.call(
        request(),
        System.nanoTime() + PATIENCE_NANOS,
        status -> {
          statuses.merge(status, 1, Integer::sum);
          if (status == 201 || status == 200) {
            latency.recordValue(Math.min(HIGHEST_MICROS, (System.nanoTime() - dueNanos) / 1_000));
          }
          ended.complete();
        });
    return ended.future();
  }

  private Buffer request() {
    number++;
    User user = users.get((int) (number % users.size()));
    String body = line(random.nextInt(skus));
    return Buffer.buffer(
        "POST "
            + path
            + " HTTP/1.1\r\nhost: "
            + node.host()
            + ":"
            + node.httpPort()
            + "\r\nauthorization: Bearer "
            + user.token()
            + "\r\nidempotency-key: \""
            + run
            + "-"
            + number
            + "\"\r\ncontent-type: application/json\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  private static String line(int sku) {
    return "{\"lines\":[{\"sku\":\"B" + sku + "\",\"quantity\":1}]}";
  }

  @Override
  public void close() {
    client.close();
  }
}
