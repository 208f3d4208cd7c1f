package dev.starling.chaos.orders;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes calls at the edges of a cluster, one edge after the other. It repeats nothing. Confined to
 * the event loop that made it.
 */
final class Doors {
  /** How long a client waits; the cluster is told the deadline below. */
  private static final long CLIENT_PATIENCE_MILLIS = 4_000;

  private static final String DEADLINE_MILLIS = "2000";
  private static final String POSITION = "starling-position";

  private final HttpClientAgent client;
  private final List<SocketAddress> edges;
  private int next;

  /**
   * What a client has in its hands when a call has ended.
   *
   * @param position what it may show to be given nothing older; empty for none
   */
  record Reply(Outcome outcome, String position) {}

  Doors(Vertx vertx, List<SocketAddress> edges) {
    this.edges = List.copyOf(edges);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(500)
                .setTcpNoDelay(true)
                // Shorter than an edge's, which may close an idle connection at any moment.
                .setKeepAliveTimeout(3),
            new PoolOptions().setHttp1MaxSize(1024).setMaxWaitQueueSize(20_000));
  }

  /** Calls at the next edge. The future succeeds, whatever the outcome is. */
  Future<Reply> call(Call call, String token) {
    next = (next + 1) % edges.size();
    RequestOptions options =
        request(call)
            .setServer(edges.get(next))
            .setHost(edges.get(next).host())
            .setPort(edges.get(next).port())
            .setTimeout(CLIENT_PATIENCE_MILLIS)
            .putHeader("authorization", "Bearer " + token)
            .putHeader("x-request-timeout-ms", DEADLINE_MILLIS);
    return client
        .request(options)
        .transform(
            connected ->
                connected.succeeded()
                    ? exchange(call, connected.result())
                    : Future.succeededFuture(notSent(connected.cause())));
  }

  private static Future<Reply> exchange(Call call, HttpClientRequest request) {
    Future<HttpClientResponse> answered =
        call instanceof Call.Place place ? request.send(body(place)) : request.send();
    return answered
        .compose(answer -> answer.body().map(bytes -> reply(call, answer, bytes)))
        .otherwise(broken -> new Reply(new Outcome.Unknown(0, broken.toString()), ""));
  }

  private static Reply reply(Call call, HttpClientResponse answer, Buffer bytes) {
    String position = answer.getHeader(POSITION);
    boolean replayed = "true".equals(answer.getHeader("idempotency-replayed"));
    return new Reply(
        Answers.read(call, answer.statusCode(), replayed, bytes.getBytes()),
        position == null ? "" : position);
  }

  private static Reply notSent(Throwable failure) {
    return new Reply(new Outcome.Refused(Outcome.Reason.NOT_EXECUTED, 0, failure.toString()), "");
  }

  private static RequestOptions request(Call call) {
    RequestOptions options = new RequestOptions();
    if (call instanceof Call.Place place) {
      return options
          .setMethod(HttpMethod.POST)
          .setURI("/v1/orders")
          .putHeader("content-type", "application/json")
          .putHeader("idempotency-key", '"' + place.key() + '"');
    }
    if (call instanceof Call.Read read) {
      return showing(read.after(), options.setURI("/v1/orders/" + read.order()));
    }
    if (call instanceof Call.Browse browse) {
      return showing(browse.after(), options.setURI("/v1/orders?limit=" + browse.limit()));
    }
    if (call instanceof Call.Cancel cancel) {
      return options.setMethod(HttpMethod.POST).setURI("/v1/orders/" + cancel.order() + "/cancel");
    }
    return options.setURI("/v1/products/" + ((Call.Look) call).sku());
  }

  private static RequestOptions showing(String position, RequestOptions options) {
    return position.isEmpty() ? options : options.putHeader(POSITION, position);
  }

  private static Buffer body(Call.Place place) {
    JsonArray lines = new JsonArray();
    // The same bytes each time: to the cluster another order of lines is another body.
    for (Map.Entry<String, Integer> line : new TreeMap<>(place.lines()).entrySet()) {
      lines.add(new JsonObject().put("sku", line.getKey()).put("quantity", line.getValue()));
    }
    return new JsonObject().put("lines", lines).toBuffer();
  }
}
