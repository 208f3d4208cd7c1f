package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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
  private static final long MORE_PATIENCE_MILLIS = 100;

  private static final int CONNECTIONS = 2_048;
  private static final int MAX_WAITING = 30_000;
  private static final int SWEEP_MILLIS = 10;

  /**
   * @param writePercent of a hundred calls, how many change a name
   */
  record Mix(int writePercent, Duration deadline, long seed) {}

  private record Call(
      long dueNanos, User user, Tally tally, Timeline timeline, Promise<Void> ended) {}

  private final Vertx vertx;
  private final HttpClientAgent client;
  private final LabNode node;
  private final Map<Importance, List<User>> users;
  private final Mix mix;
  private final Random random;
  private final long timer;
  private final Map<Importance, Integer> nextUser = new EnumMap<>(Importance.class);
  private final Histogram lateness = new Histogram(60_000_000, 3);
  private Step step;
  private Timeline timeline;
  private final Deque<Call> waiting = new ArrayDeque<>();
  private int open;
  private int writes;

  private ProfileCalls(Vertx vertx, LabNode node, Map<Importance, List<User>> users, Mix mix) {
    this.vertx = vertx;
    this.timer = vertx.setPeriodic(SWEEP_MILLIS, tick -> makeWaiting());
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(1_000).setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
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
    Call call =
        new Call(dueNanos, nextOf(importance), step.of(importance), timeline, Promise.promise());
    call.tally.offer();
    if (open < CONNECTIONS) {
      make(call);
    } else if (waiting.size() < MAX_WAITING) {
      waiting.add(call);
    } else {
      end(call, 0);
    }
    return call.ended.future();
  }

  private void make(Call call) {
    open++;
    send(call)
        .onComplete(
            answer -> {
              open--;
              end(call, answer.succeeded() ? answer.result() : 0);
              makeWaiting();
            });
  }

  /** Those that nobody waits for any more cost no connection. */
  private void makeWaiting() {
    Call next = waiting.peek();
    while (next != null && (leftMillis(next.dueNanos) <= 0 || open < CONNECTIONS)) {
      waiting.remove();
      if (leftMillis(next.dueNanos) <= 0) {
        end(next, 0);
      } else {
        make(next);
      }
      next = waiting.peek();
    }
  }

  private static void end(Call call, int status) {
    long now = System.nanoTime();
    if (call.tally.end(status, (now - call.dueNanos) / 1_000)) {
      call.timeline.good(now);
    }
    call.ended.complete();
  }

  private User nextOf(Importance importance) {
    List<User> all = users.getOrDefault(importance, List.of());
    return all.get(nextUser.merge(importance, 1, Integer::sum) % all.size());
  }

  private Future<Integer> send(Call call) {
    boolean write = random.nextInt(100) < mix.writePercent;
    RequestOptions options =
        new RequestOptions()
            .setMethod(write ? HttpMethod.PATCH : HttpMethod.GET)
            .setHost(node.host())
            .setPort(node.httpPort())
            .setURI(write ? "/v1/users/" + call.user.id() : "/v1/users/me")
            .setConnectTimeout(Math.max(1, leftMillis(call.dueNanos)))
            .putHeader("authorization", "Bearer " + call.user.token());
    if (write) {
      options.putHeader("content-type", "application/json");
    }
    return client
        .request(options)
        .compose(
            request -> {
              request.idleTimeout(Math.max(1, leftMillis(call.dueNanos)));
              return (write
                      ? request.send(Buffer.buffer("{\"name\":\"write " + ++writes + "\"}"))
                      : request.send())
                  .compose(answer -> answer.end().map(answer.statusCode()));
            });
  }

  /** For how much longer the client of a call waits. */
  private long leftMillis(long dueNanos) {
    long since = (System.nanoTime() - dueNanos) / 1_000_000;
    return mix.deadline.toMillis() + MORE_PATIENCE_MILLIS - since;
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
