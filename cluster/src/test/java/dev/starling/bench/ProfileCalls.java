package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.LeanClient;
import dev.starling.load.OpenLoop;
import dev.starling.load.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * Users who read and write their profiles at one node. A client waits for its deadline and a little
 * longer, then it closes its connection, as clients do; so many connections are open at the most,
 * and a call that gets none in time is unanswered. Confined to its {@link OpenLoop}.
 */
final class ProfileCalls implements OpenLoop.Calls {
  /** So that an answer at the deadline is heard. */
  private static final long MORE_PATIENCE_NANOS = 100_000_000;

  private static final int CONNECTIONS = 2_048;
  private static final int MAX_WAITING = 30_000;

  /**
   * @param writePercent of a hundred calls, how many change a name
   */
  record Mix(int writePercent, Duration deadline, long seed) {}

  private final LeanClient client;
  private final LabNode node;
  private final Map<Importance, List<User>> users;
  private final Mix mix;
  private final Random random;
  private final Map<Importance, Integer> nextUser = new EnumMap<>(Importance.class);
  private final Histogram lateness = new Histogram(60_000_000, 3);
  private Step step;
  private Timeline timeline;
  private int writes;

  private ProfileCalls(Vertx vertx, LabNode node, Map<Importance, List<User>> users, Mix mix) {
    this.client = new LeanClient(vertx, node.host(), node.httpPort(), CONNECTIONS, MAX_WAITING);
    this.node = node;
    this.users = users;
    this.mix = mix;
    this.random = new Random(mix.seed);
    this.step = new Step("none", 0, 1, 0);
    this.timeline = new Timeline(System.nanoTime(), 0);
  }

  static OpenLoop<ProfileCalls> against(LabNode node, Map<Importance, List<User>> users, Mix mix) {
    return new OpenLoop<>(vertx -> new ProfileCalls(vertx, node, users, mix));
  }

  /** Calls that are due from now on belong to that step. */
  Step enter(Step next, Timeline on) {
    step = next;
    timeline = on;
    return next;
  }

  /** How late calls were begun, in microseconds, since this was asked the last time. */
  Histogram takeLateness() {
    Histogram taken = lateness.copy();
    lateness.reset();
    return taken;
  }

  @Override
  public Future<?> next(long dueNanos) {
    lateness.recordValue(Math.min(60_000_000, (System.nanoTime() - dueNanos) / 1_000));
    Importance importance = Importance.of(random.nextInt(100));
    Tally tally = step.of(importance);
    Timeline line = timeline;
    Promise<Void> ended = Promise.promise();
    tally.offer();
    client.call(
        request(nextOf(importance)),
        dueNanos + mix.deadline.toNanos() + MORE_PATIENCE_NANOS,
        status -> {
          long now = System.nanoTime();
          if (tally.end(status, (now - dueNanos) / 1_000)) {
            line.good(now);
          }
          ended.complete();
        });
    return ended.future();
  }

  private User nextOf(Importance importance) {
    List<User> all = users.getOrDefault(importance, List.of());
    return all.get(nextUser.merge(importance, 1, Integer::sum) % all.size());
  }

  private Buffer request(User user) {
    boolean write = random.nextInt(100) < mix.writePercent;
    String body = write ? "{\"name\":\"write %d\"}".formatted(++writes) : "";
    String entity =
        write ? "content-type: application/json\r\ncontent-length: " + body.length() + "\r\n" : "";
    return Buffer.buffer(
        (write ? "PATCH /v1/users/" + user.id() : "GET /v1/users/me")
            + " HTTP/1.1\r\nhost: "
            + node.host()
            + ":"
            + node.httpPort()
            + "\r\nauthorization: Bearer "
            + user.token()
            + "\r\n"
            + entity
            + "\r\n"
            + body);
  }

  @Override
  public void close() {
    client.close();
  }
}
