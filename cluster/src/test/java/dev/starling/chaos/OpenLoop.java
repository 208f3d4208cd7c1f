package dev.starling.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls at a fixed rate, each at its moment, whatever became of those before it.
 *
 * <p>Most of them read the caller's own profile; a share of them changes a name, which is not safe
 * to repeat. It is one event loop; {@link #start}, {@link #stop} and {@link #closedLoop} are called
 * by another thread.
 */
final class OpenLoop implements AutoCloseable {
  /** How long a client waits; the cluster is told the deadline below. */
  private static final long CLIENT_PATIENCE_MILLIS = 5_000;

  private static final String DEADLINE_MILLIS = "2000";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final HttpClientAgent client;
  private final Balancer balancer;
  private final List<Account> accounts;
  private final Random random;
  private final double unsafeShare;
  private List<Sample> samples = new ArrayList<>();
  private int writes;
  private int nextReader;
  private int nextWriter;
  private int inFlight;
  private long startNanos;
  private long sent;
  private long timer = -1;
  private @Nullable Promise<Void> drained;

  OpenLoop(List<LabNode> edges, List<Account> accounts, double unsafeShare, long seed) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(1_000)
                .setTcpNoDelay(true)
                // Shorter than an edge's, which may close an idle connection at any moment.
                .setKeepAliveTimeout(3),
            new PoolOptions().setHttp1MaxSize(1024).setMaxWaitQueueSize(20_000));
    this.balancer = onLoop(() -> new Balancer(vertx, edges));
    this.accounts = accounts;
    this.unsafeShare = unsafeShare;
    this.random = new Random(seed);
  }

  /** Begins to send; returns the moment of the first call. */
  long start(double callsPerSecond) {
    return onLoop(
        () -> {
          startNanos = System.nanoTime();
          sent = 0;
          timer = vertx.setPeriodic(1, tick -> sendDue(callsPerSecond));
          return startNanos;
        });
  }

  /** Sends no more, waits for what is under way, and returns everything since the last stop. */
  List<Sample> stop() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          vertx.cancelTimer(timer);
          drained = done;
          checkDrained();
        });
    await(done.future());
    return onLoop(
        () -> {
          List<Sample> all = samples;
          samples = new ArrayList<>();
          return all;
        });
  }

  /** The accounts of which a write may or may not have been executed. */
  List<Account> uncertain() {
    return onLoop(() -> accounts.stream().filter(Account::isUncertain).toList());
  }

  /** As many calls as are answered with {@code concurrency} of them under way; returns the rate. */
  double closedLoop(int concurrency, long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long began = System.nanoTime();
    context.runOnContext(
        now -> {
          for (int i = 0; i < concurrency; i++) {
            again(end);
          }
        });
    Pause.until(end);
    List<Sample> all = stop();
    long good = all.stream().filter(Sample::succeeded).count();
    return good * 1e9 / (System.nanoTime() - began);
  }

  @Override
  public void close() {
    onLoop(
        () -> {
          balancer.close();
          return true;
        });
    await(vertx.close());
  }

  private void again(long end) {
    if (System.nanoTime() - end < 0) {
      next(System.nanoTime()).onComplete(done -> again(end));
    }
  }

  private void sendDue(double callsPerSecond) {
    long due = (long) ((System.nanoTime() - startNanos) * callsPerSecond / 1e9);
    while (sent < due) {
      sent++;
      next(startNanos + (long) (sent * 1e9 / callsPerSecond));
    }
  }

  private Future<Void> next(long dueNanos) {
    inFlight++;
    Account writer = random.nextDouble() < unsafeShare ? freeWriter() : null;
    Future<Sample> call;
    if (writer == null) {
      nextReader = (nextReader + 1) % accounts.size();
      call = read(accounts.get(nextReader), dueNanos);
    } else {
      int write = ++writes;
      writer.begin();
      call = write(writer, write, dueNanos).onSuccess(answer -> writer.end(write, answer));
    }
    return call.<Void>map(
            sample -> {
              samples.add(sample);
              return null;
            })
        .onComplete(
            done -> {
              inFlight--;
              checkDrained();
            });
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
    return call(HttpMethod.GET, "/v1/users/me", account, null, dueNanos, null);
  }

  private Future<Sample> write(Account account, int write, long dueNanos) {
    Buffer body = Buffer.buffer("{\"name\":\"write " + write + "\"}");
    return call(HttpMethod.PATCH, "/v1/users/" + account.id, account, body, dueNanos, null);
  }

  private Future<Sample> call(
      HttpMethod method,
      String path,
      Account account,
      @Nullable Buffer body,
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
            .putHeader("authorization", "Bearer " + account.token)
            .putHeader("x-request-timeout-ms", DEADLINE_MILLIS);
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
                    ? call(method, path, account, body, dueNanos, edge)
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

  private void checkDrained() {
    Promise<Void> waiting = drained;
    if (waiting != null && inFlight == 0) {
      drained = null;
      waiting.complete();
    }
  }

  private <T> T onLoop(Callable<T> work) {
    Promise<T> result = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            result.complete(work.call());
          } catch (Exception e) {
            result.fail(e);
          }
        });
    return await(result.future());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the generator did not come to an end within 30 s", e);
    }
  }
}
