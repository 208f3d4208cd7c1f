package dev.starling.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep one connection each and send one request after the other. A client stays with
 * its node until it is told to go, or cannot connect; then it takes the next one. A request that
 * was sent counts, whatever becomes of it: nothing is sent twice.
 *
 * <p>Used from the test's thread.
 */
final class KeepAliveLoad implements AutoCloseable {
  private static final int ALLOWED_STATUS = 299;

  private final Vertx vertx = Vertx.vertx();
  private final List<Integer> ports;
  private final List<Future<Void>> clients = new ArrayList<>();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger answered = new AtomicInteger();
  private volatile boolean stopping;

  /** What one client sends again and again; a body makes it a POST. */
  record Call(String path, @Nullable String body, Map<String, String> headers) {
    static Call get(String path, String... headers) {
      return new Call(path, null, headers.length == 0 ? Map.of() : Map.of(headers[0], headers[1]));
    }
  }

  KeepAliveLoad(List<Integer> ports) {
    this.ports = List.copyOf(ports);
  }

  KeepAliveLoad start(int count, Call call) {
    for (int i = 0; i < count; i++) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions().setConnectTimeout(1000).setKeepAlive(true),
              new PoolOptions().setHttp1MaxSize(1));
      Promise<Void> ended = Promise.promise();
      clients.add(ended.future());
      next(client, call, i, ended);
    }
    return this;
  }

  int answered() {
    return answered.get();
  }

  List<String> failures() {
    return failures;
  }

  /** Waits until so many more were answered. */
  void awaitAnswers(int more) {
    int goal = answered.get() + more;
    long end = System.nanoTime() + NodeProcess.PATIENCE.toNanos();
    while (answered.get() < goal) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("only " + answered + " answers; failures: " + failures);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      Future.all(clients).await(NodeProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      vertx.close().await(NodeProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the clients did not end", e);
    }
  }

  private void next(HttpClient client, Call call, int node, Promise<Void> ended) {
    if (stopping) {
      client.close().onComplete(ended);
      return;
    }
    RequestOptions options =
        new RequestOptions()
            .setMethod(call.body() == null ? HttpMethod.GET : HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(ports.get(node % ports.size()))
            .setURI(call.path());
    call.headers().forEach(options::addHeader);
    client
        .request(options)
        .onFailure(refused -> vertx.setTimer(20, later -> next(client, call, node + 1, ended)))
        .onSuccess(
            request ->
                (call.body() == null ? request.send() : request.send(call.body()))
                    .compose(
                        response -> response.body().map(body -> note(response, body.toString())))
                    .onFailure(lost -> failures.add(lost.toString()))
                    .onComplete(
                        told ->
                            next(
                                client,
                                call,
                                told.failed() || told.result() ? node + 1 : node,
                                ended)));
  }

  /** Whether the client was told to go elsewhere. */
  private boolean note(HttpClientResponse response, String body) {
    if (response.statusCode() > ALLOWED_STATUS) {
      failures.add(response.statusCode() + " " + body);
    }
    answered.incrementAndGet();
    return "close".equals(response.getHeader("connection"));
  }
}
