package dev.starling.edge;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop: bounded in number, and closed when they are idle or slow.
 * Confined to that loop.
 *
 * <p>A connection without a complete request head for the idle time is closed even if bytes trickle
 * in, so a client cannot hold it by sending a header a byte at a time.
 */
final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  private final Map<HttpConnection, Connection> open = new IdentityHashMap<>();
  private final ClientAddress clients;
  private final int limit;
  private final long idleNanos;
  private final long graceMillis;
  private final AtomicInteger onNode;

  /**
   * @param graceMillis how long what is in flight may take once its client was sent elsewhere
   * @param onNode counts the connections of all loops of the node
   */
  Connections(
      ClientAddress clients, int limit, long idleNanos, long graceMillis, AtomicInteger onNode) {
    this.clients = clients;
    this.onNode = onNode;
    this.limit = limit;
    this.idleNanos = idleNanos;
    this.graceMillis = graceMillis;
  }

  void opened(HttpConnection http) {
    if (open.size() >= limit) {
      http.close();
      return;
    }
    SocketAddress remote = http.remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    String peer = address == null ? "" : address;
    open.put(http, new Connection(http, peer, clients.isTrusted(peer), System.nanoTime()));
    onNode.incrementAndGet();
    // Resets and handshakes that fail are the clients' doing; a line for each would be theirs too.
    http.exceptionHandler(failure -> log.debug("{} failed: {}", peer, failure.getMessage()));
    http.closeHandler(closed -> closed(http));
  }

  /** The connection that a request came on; null when it was refused. */
  @Nullable Connection of(HttpConnection http) {
    return open.get(http);
  }

  /** It is gone; harmless when that is known. */
  void closed(HttpConnection http) {
    if (open.remove(http) != null) {
      onNode.decrementAndGet();
    }
  }

  /** Asks all clients to connect anew; called again and again while the node drains. */
  void sendElsewhere(long nowNanos) {
    for (Connection connection : List.copyOf(open.values())) {
      connection.sendElsewhere(nowNanos, graceMillis);
    }
  }

  void sweep(long nowNanos) {
    List<Connection> idle = new ArrayList<>();
    for (Connection connection : open.values()) {
      if (connection.isIdle(nowNanos, idleNanos)) {
        idle.add(connection);
      }
    }
    idle.forEach(Connection::close);
  }
}
