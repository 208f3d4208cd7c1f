package dev.starling.cluster.routing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds an idle TCP connection to each peer, which the peer's kernel closes the moment its process
 * ends, whatever ended it.
 *
 * <p>A closed connection is not taken at its word: it makes the peer suspect, and only when a new
 * one is refused, because nobody listens there any more, is the process declared ended. Everything
 * else (a reset by something on the way, a time-out) is left to the heartbeats.
 *
 * <p>Confined to the context that made it.
 */
final class LinkSentinel {
  private static final int CONNECT_TIMEOUT_MILLIS = 300;
  private static final int RETRY_MILLIS = 500;

  private record Address(String host, int port) {}

  private final Vertx vertx;
  private final NetServer server;
  private final NetClient client;
  private final Consumer<String> closedLink;
  private final Consumer<String> ended;
  private final Map<String, Address> watched = new HashMap<>();
  private final Map<String, NetSocket> links = new HashMap<>();
  private boolean closed;

  /**
   * @param closedLink is told the id of each node that has closed its link
   * @param ended is told the id of each node whose process has ended, once
   */
  LinkSentinel(
      Vertx vertx,
      NetServerOptions server,
      NetClientOptions client,
      Consumer<String> closedLink,
      Consumer<String> ended) {
    this.vertx = vertx;
    this.closedLink = closedLink;
    this.ended = ended;
    this.server =
        vertx
            .createNetServer(server)
            // The connection exists to be closed; whatever is sent on it is not for us.
            .connectHandler(socket -> socket.handler(bytes -> socket.close()));
    this.client = vertx.createNetClient(client.setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
  }

  /** Starts to listen; completes with the port. */
  Future<Integer> listen(String host) {
    return server.listen(0, host).map(NetServer::actualPort);
  }

  /** Watches a node from now on; does nothing when it is watched already. */
  void watch(String nodeId, String host, int port) {
    if (!closed && port > 0 && watched.putIfAbsent(nodeId, new Address(host, port)) == null) {
      connect(nodeId, false);
    }
  }

  void forget(String nodeId) {
    watched.remove(nodeId);
    NetSocket link = links.remove(nodeId);
    if (link != null) {
      link.close();
    }
  }

  Future<Void> close() {
    closed = true;
    watched.clear();
    links.clear();
    return client.close().eventually(server::close);
  }

  /**
   * @param hadLink true when there was a connection: only then does a refusal mean an end, and not
   *     a listener that is not there yet
   */
  private void connect(String nodeId, boolean hadLink) {
    Address address = watched.get(nodeId);
    if (address == null) {
      return;
    }
    client
        .connect(address.port, address.host)
        .onSuccess(link -> connected(nodeId, link))
        .onFailure(failure -> refused(nodeId, hadLink, failure));
  }

  private void connected(String nodeId, NetSocket link) {
    if (!watched.containsKey(nodeId)) {
      link.close();
      return;
    }
    links.put(nodeId, link);
    link.closeHandler(
        gone -> {
          if (links.remove(nodeId, link)) {
            closedLink.accept(nodeId);
            connect(nodeId, true);
          }
        });
  }

  private void refused(String nodeId, boolean hadLink, @Nullable Throwable failure) {
    if (!watched.containsKey(nodeId)) {
      return;
    }
    if (hadLink && isRefusal(failure)) {
      watched.remove(nodeId);
      ended.accept(nodeId);
    } else {
      vertx.setTimer(RETRY_MILLIS, again -> connect(nodeId, hadLink));
    }
  }

  private static boolean isRefusal(@Nullable Throwable failure) {
    // A time-out is a ConnectException too; only the kernel's answer says "refused".
    return failure instanceof ConnectException
        && String.valueOf(failure.getMessage()).contains("refused");
  }
}
