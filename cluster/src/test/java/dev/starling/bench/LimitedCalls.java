package dev.starling.bench;

import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One consumer who asks for a profile at each node in turn. Confined to its {@link OpenLoop}. */
final class LimitedCalls implements OpenLoop.Calls {
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int OK = 200;

  private final HttpClientAgent client;
  private final List<LabNode> nodes;
  private final User user;
  private AdmittedLog admitted = new AdmittedLog();
  private Map<Integer, Integer> others = new TreeMap<>();
  private int next;

  private LimitedCalls(Vertx vertx, List<LabNode> nodes, User user) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(1_000).setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(256).setMaxWaitQueueSize(20_000));
    this.nodes = nodes;
    this.user = user;
  }

  static OpenLoop<LimitedCalls> through(List<LabNode> nodes, User user) {
    return new OpenLoop<>(vertx -> new LimitedCalls(vertx, nodes, user));
  }

  /**
   * What became of the calls since this was asked the last time.
   *
   * @param others how many answers there were of each other status; 0 for no answer
   */
  record Outcome(AdmittedLog admitted, Map<Integer, Integer> others) {
    int limited() {
      return others.getOrDefault(429, 0);
    }

    /** Neither admitted nor limited. */
    int failed() {
      return others.values().stream().mapToInt(Integer::intValue).sum() - limited();
    }
  }

  Outcome take() {
    Outcome outcome = new Outcome(admitted, others);
    admitted = new AdmittedLog();
    others = new TreeMap<>();
    return outcome;
  }

  @Override
  public Future<?> next(long dueNanos) {
    next = (next + 1) % nodes.size();
    LabNode node = nodes.get(next);
    long sent = System.nanoTime();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(node.host())
            .setPort(node.httpPort())
            .setURI("/v1/users/me")
            .setTimeout(PATIENCE_MILLIS)
            .putHeader("authorization", "Bearer " + user.token());
    return client
        .request(options)
        .compose(request -> request.send().compose(answer -> answer.end().map(answer.statusCode())))
        .otherwise(0)
        .onSuccess(
            status -> {
              if (status == OK) {
                admitted.add(sent, System.nanoTime());
              } else {
                others.merge(status, 1, Integer::sum);
              }
            });
  }
}
