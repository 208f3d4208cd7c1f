package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The streams of commands ({@code GET /v1/devices/{id}/commands/stream}, server-sent events) of
 * some users' devices. On an event loop of its own; its methods are called by one other thread, and
 * block.
 */
final class CommandStreams implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final AtomicInteger ended = new AtomicInteger();
  private final Taker taker;
  private volatile boolean closing;

  /** Hears of commands, on the event loop. */
  interface Taker {
    /**
     * A device has been told to do something.
     *
     * @param user whose device it is, from 0
     * @param utterance the id of the event that the command comes from
     * @param nanos when, on {@link System#nanoTime()}
     */
    void command(int user, String utterance, long nanos);
  }

  private CommandStreams(int streams, Taker taker) {
    this.taker = taker;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setIdleTimeout(0),
            new PoolOptions().setHttp1MaxSize(streams).setEventLoopSize(1));
  }

  /** Opens a stream for each device of these users; throws when one is refused. */
  static CommandStreams open(LabNode node, List<Household> households, Taker taker) {
    int streams = households.size() * Household.DEVICES.size();
    CommandStreams all = new CommandStreams(streams, taker);
    List<Future<?>> opened = new ArrayList<>();
    for (int user = 0; user < households.size(); user++) {
      for (String device : Household.DEVICES) {
        opened.add(all.open(node, households.get(user), user, device));
      }
    }
    try {
      Future.all(opened).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      all.close();
      throw new IllegalStateException(
          "%d streams of commands were not open within %d s".formatted(streams, PATIENCE_SECONDS),
          e);
    }
    return all;
  }

  /** Streams that have ended although nobody closed them. */
  int ended() {
    return ended.get();
  }

  private Future<?> open(LabNode node, Household household, int user, String device) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(node.host())
            .setPort(node.httpPort())
            .setURI("/v1/devices/" + device + "/commands/stream")
            .putHeader("accept", "text/event-stream")
            .putHeader("authorization", "Bearer " + household.user().token());
    return client
        .request(request)
        .compose(HttpClientRequest::send)
        .compose(answer -> begin(answer, user));
  }

  private Future<Void> begin(HttpClientResponse answer, int user) {
    if (answer.statusCode() != 200) {
      return Future.failedFuture("a stream of commands: " + answer.statusCode());
    }
    EventLines lines = new EventLines((event, data) -> received(user, event, data));
    answer.handler(lines::add);
    answer.exceptionHandler(broken -> over());
    answer.endHandler(end -> over());
    return Future.succeededFuture();
  }

  private void received(int user, String event, String data) {
    if (event.equals("command")) {
      long now = System.nanoTime();
      String utterance = new JsonObject(data).getJsonObject("decision").getString("id");
      taker.command(user, utterance, now);
    }
  }

  private void over() {
    if (!closing) {
      ended.incrementAndGet();
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("streams of commands were not closed in time", e);
    }
  }
}
