package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** WebSockets over which some users' devices send events. Confined to its event loop. */
final class EventSockets {
  private static final String PATH = "/v1/fusion/stream";
  private static final int UNANSWERED = 0;
  private static final int REFUSED = 422;
  private static final int AGAIN = 503;

  private final WebSocketClient client;
  private final LabNode node;
  private final List<Household> households;
  private final Map<Integer, Line> lines = new HashMap<>();

  EventSockets(Vertx vertx, LabNode node, List<Household> households) {
    this.client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxConnections(Math.max(1, households.size())));
    this.node = node;
    this.households = households;
  }

  /** Opens one for each of the users; fails when one is refused. */
  Future<?> open() {
    List<Future<?>> opened = new ArrayList<>();
    for (int i = 0; i < households.size(); i++) {
      int user = i;
      opened.add(connect(households.get(i)).onSuccess(open -> lines.put(user, new Line(open))));
    }
    return Future.all(opened);
  }

  private Future<WebSocket> connect(Household household) {
    return client.connect(
        new WebSocketConnectOptions()
            .setHost(node.host())
            .setPort(node.httpPort())
            .setURI(PATH)
            .addHeader("authorization", "Bearer " + household.user().token()));
  }

  boolean has(int user) {
    return lines.containsKey(user);
  }

  /**
   * Sends events, and succeeds with what they came to: 202 when each of them is accepted, 422 when
   * one is refused, 503 when one is to be sent again, and 0 when the socket broke.
   */
  Future<Integer> send(int user, List<String> events) {
    Line line = lines.get(user);
    return line == null ? Future.succeededFuture(UNANSWERED) : line.send(events);
  }

  void close() {
    lines.values().forEach(line -> line.socket.close());
    client.close();
  }

  /** Events that went out together. */
  private static final class Sending {
    private final Promise<Integer> ended = Promise.promise();
    private int open;
    private int worst = Acknowledgements.ACCEPTED;

    Sending(int open) {
      this.open = open;
    }

    void answered(int status) {
      worst = Math.max(worst, status);
      if (--open == 0) {
        ended.tryComplete(worst);
      }
    }
  }

  private static final class Line {
    private final WebSocket socket;
    private final Map<String, Sending> waiting = new HashMap<>();

    Line(WebSocket socket) {
      this.socket = socket;
      socket.textMessageHandler(this::answered);
      socket.exceptionHandler(broken -> socket.close());
      socket.closeHandler(
          closed -> {
            waiting.values().forEach(sending -> sending.ended.tryComplete(UNANSWERED));
            waiting.clear();
          });
    }

    Future<Integer> send(List<String> events) {
      if (socket.isClosed()) {
        return Future.succeededFuture(UNANSWERED);
      }
      Sending sending = new Sending(events.size());
      for (String event : events) {
        waiting.put(new JsonObject(event).getString("id"), sending);
        socket.writeTextMessage(event);
      }
      return sending.ended.future();
    }

    private void answered(String message) {
      JsonObject answer = new JsonObject(message);
      Sending sending = waiting.remove(answer.getString("id"));
      if (sending == null) {
        return;
      }
      sending.answered(
          switch (answer.getString("outcome")) {
            case "accepted" -> Acknowledgements.ACCEPTED;
            case "again" -> AGAIN;
            // One that was there already was sent twice, which nobody did.
            default -> REFUSED;
          });
    }
  }
}
