package dev.starling.load;

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

/** One consumer who asks for one thing at each node in turn. Confined to its {@link OpenLoop}. */
public final class Gets implements OpenLoop.Calls {
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int KEEP_ALIVE_SECONDS = 5;
  private static final int OK = 200;

  private final HttpClientAgent client;
  private final List<LabNode> nodes;
  private final String path;
  private final User user;
  private AnsweredLog succeeded = new AnsweredLog();
  private Map<Integer, Integer> others = new TreeMap<>();
  private int next;

  private Gets(Vertx vertx, List<LabNode> nodes, String path, User user) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(1_000)
                .setTcpNoDelay(true)
                // Before the server does, or a call could be lost to a connection that it closes.
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS),
            new PoolOptions().setHttp1MaxSize(256).setMaxWaitQueueSize(20_000));
    this.nodes = nodes;
    this.path = path;
    this.user = user;
  }

  public static OpenLoop<Gets> of(String path, List<LabNode> nodes, User user) {
    return new OpenLoop<>(vertx -> new Gets(vertx, nodes, path, user));
  }

  /**
   * What became of the calls since this was asked the last time.
   *
   * @param others how many answers there were of each other status; 0 for no answer
   */
  public record Outcome(AnsweredLog succeeded, Map<Integer, Integer> others) {
    @Override
    public String toString() {
      return "%d passed, others by status %s".formatted(succeeded.size(), others);
    }

    public int limited() {
      return others.getOrDefault(429, 0);
    }

    /** Neither success nor a refusal because of a limit. */
    public int failed() {
      return others.values().stream().mapToInt(Integer::intValue).sum() - limited();
    }
  }

  public Outcome take() {
    Outcome outcome = new Outcome(succeeded, others);
    succeeded = new AnsweredLog();
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
            .setURI(path)
            .setTimeout(PATIENCE_MILLIS)
            .putHeader("authorization", "Bearer " + user.token());
    return client
        .request(options)
        .compose(request -> request.send().compose(answer -> answer.end().map(answer.statusCode())))
        .otherwise(0)
        .onSuccess(
            status -> {
              if (status == OK) {
                succeeded.add(sent, System.nanoTime());
              } else {
                others.merge(status, 1, Integer::sum);
              }
            });
  }
}
