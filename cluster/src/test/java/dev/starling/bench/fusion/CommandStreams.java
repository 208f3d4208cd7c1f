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
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
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
  private static final int AT_ONCE = 8;
  private static final int UNAVAILABLE = 503;
  private static final int ATTEMPTS = 50;
  private static final int PAUSE_MILLIS = 200;

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

  /** Opens a stream for each device of these users; throws when one is refused for good. */
  static CommandStreams open(LabNode node, List<Household> households, Taker taker) {
    int streams = households.size() * Household.DEVICES.size();
    CommandStreams all = new CommandStreams(streams, taker);
    Deque<Opening> waiting = new ConcurrentLinkedDeque<>();
    for (int user = 0; user < households.size(); user++) {
      for (String device : Household.DEVICES) {
        waiting.add(new Opening(node, households.get(user), user, device));
      }
    }
    List<Future<?>> lanes = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      lanes.add(all.openAll(waiting));
    }
    try {
      Future.all(lanes).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      all.close();
      throw new IllegalStateException(
          "%d streams of commands were not open within %d s".formatted(streams, PATIENCE_SECONDS),
          e);
    }
    return all;
  }

  /** A stream that is to be opened. */
  private record Opening(LabNode node, Household household, int user, String device) {}

  /** One after the other: a node that has just started has no room for all of them at once. */
  private Future<Void> openAll(Deque<Opening> waiting) {
    Opening next = waiting.poll();
    return next == null
        ? Future.succeededFuture()
        : open(next, ATTEMPTS).compose(opened -> openAll(waiting));
  }

  /** Streams that have ended although nobody closed them. */
  int ended() {
    return ended.get();
  }

  private Future<Void> open(Opening opening, int attempts) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(opening.node.host())
            .setPort(opening.node.httpPort())
            .setURI("/v1/devices/" + opening.device + "/commands/stream")
            .putHeader("accept", "text/event-stream")
            .putHeader("authorization", "Bearer " + opening.household.user().token());
    return client
        .request(request)
        .compose(HttpClientRequest::send)
        .compose(
            answer ->
                answer.statusCode() == UNAVAILABLE && attempts > 1
                    ? vertx
                        .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(later -> open(opening, attempts - 1))
                    : begin(answer, opening.user));
  }

  private Future<Void> begin(HttpClientResponse answer, int user) {
    if (answer.statusCode() != 200) {
      return answer
          .body()
          .compose(
              said ->
                  Future.failedFuture("a stream of commands: " + answer.statusCode() + " " + said));
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
