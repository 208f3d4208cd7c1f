package dev.starling.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the lab's users ask: most calls read the caller's own profile; a share of them changes a
 * name, which is not safe to repeat. Sent in an {@link OpenLoop}, whose rules for threads hold.
 */
final class Traffic implements OpenLoop.Calls {
  /** How long a client waits; the cluster is told the deadline below. */
  private static final long CLIENT_PATIENCE_MILLIS = 5_000;

  private static final int DEADLINE_MILLIS = 2_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClientAgent client;
  private final Balancer balancer;
  private final List<Account> accounts;
  private final Random random;
  private final double unsafeShare;
  private List<Sample> samples = new ArrayList<>();
  private int writes;
  private int nextReader;
  private int nextWriter;

  private Traffic(
      Vertx vertx, List<LabNode> edges, List<Account> accounts, double unsafeShare, long seed) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(1_000)
                .setTcpNoDelay(true)
                // Shorter than an edge's, which may close an idle connection at any moment.
                .setKeepAliveTimeout(3),
            new PoolOptions().setHttp1MaxSize(1024).setMaxWaitQueueSize(20_000));
    this.balancer = new Balancer(vertx, edges);
    this.accounts = accounts;
    this.unsafeShare = unsafeShare;
    this.random = new Random(seed);
  }

  static OpenLoop<Traffic> through(
      List<LabNode> edges, List<Account> accounts, double unsafeShare, long seed) {
    return new OpenLoop<>(vertx -> new Traffic(vertx, edges, accounts, unsafeShare, seed));
  }

  /** Everything since it was asked the last time. */
  List<Sample> takeSamples() {
    List<Sample> all = samples;
    samples = new ArrayList<>();
    return all;
  }

  /** The accounts of which a write may or may not have been executed. */
  List<Account> uncertain() {
    return accounts.stream().filter(Account::isUncertain).toList();
  }

  @Override
  public Future<?> next(long dueNanos) {
    Account writer = random.nextDouble() < unsafeShare ? freeWriter() : null;
    if (writer == null) {
      nextReader = (nextReader + 1) % accounts.size();
      return read(accounts.get(nextReader), dueNanos).onSuccess(samples::add);
    }
    return write(writer, DEADLINE_MILLIS, dueNanos);
  }

  /** Writes that many at once, besides the load; returns how many there were free accounts for. */
  int writeAtOnce(int wanted, int deadlineMillis) {
    for (int begun = 0; begun < wanted; begun++) {
      Account writer = freeWriter();
      if (writer == null) {
        return begun;
      }
      write(writer, deadlineMillis, System.nanoTime());
    }
    return wanted;
  }

  @Override
  public void close() {
    balancer.close();
  }

  private @Nullable Account freeWriter() {
    for (int tried = 0; tried < accounts.size(); tried++) {
      nextWriter = (nextWriter + 1) % accounts.size();
      if (accounts.get(nextWriter).isFree()) {
        return accounts.get(nextWriter);
      }
    }
    return null;
  }

  private Future<Sample> read(Account account, long dueNanos) {
    return call(HttpMethod.GET, "/v1/users/me", account, null, DEADLINE_MILLIS, dueNanos, null);
  }

  private Future<Sample> write(Account account, int deadlineMillis, long dueNanos) {
    int write = ++writes;
    account.begin();
    Buffer body = Buffer.buffer("{\"name\":\"write " + write + "\"}");
    String path = "/v1/users/" + account.user.id();
    return call(HttpMethod.PATCH, path, account, body, deadlineMillis, dueNanos, null)
        .onSuccess(answer -> account.end(write, answer))
        .onSuccess(samples::add);
  }

  private Future<Sample> call(
      HttpMethod method,
      String path,
      Account account,
      @Nullable Buffer body,
      int deadlineMillis,
      long dueNanos,
      @Nullable LabNode refusedBy) {
    LabNode edge = balancer.next(refusedBy);
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost(edge.host())
            .setPort(edge.httpPort())
            .setURI(path)
            .setTimeout(CLIENT_PATIENCE_MILLIS)
            .putHeader("authorization", "Bearer " + account.user.token())
            .putHeader("x-request-timeout-ms", Integer.toString(deadlineMillis));
    if (body != null) {
      options.putHeader("content-type", "application/json");
    }
    return client
        .request(options)
        .transform(
            connected -> {
              if (connected.failed()) {
                // Nothing was sent, so a balancer tries the next edge; once.
                return refusedBy == null
                    ? call(method, path, account, body, deadlineMillis, dueNanos, edge)
                    : Future.succeededFuture(
                        sample(dueNanos, body == null, edge, 0, connected.cause().toString()));
              }
              var request = connected.result();
              return (body == null ? request.send() : request.send(body))
                  .compose(
                      answer ->
                          answer
                              .body()
                              .map(
                                  bytes ->
                                      sample(
                                          dueNanos,
                                          body == null,
                                          edge,
                                          answer.statusCode(),
                                          detail(answer.statusCode(), bytes))))
                  .otherwise(
                      failure -> sample(dueNanos, body == null, edge, 0, failure.toString()));
            });
  }

  private static String detail(int status, Buffer body) {
    if (status == 200) {
      return "";
    }
    try {
      var problem = JSON.readTree(body.getBytes());
      return problem.path("outcome").asText() + " " + problem.path("detail").asText();
    } catch (IOException e) {
      return body.toString();
    }
  }

  private static Sample sample(
      long dueNanos, boolean safe, LabNode edge, int status, String detail) {
    return new Sample(dueNanos, System.nanoTime(), safe, edge.zone(), status, detail);
  }
}
