package dev.starling.edge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The streams of one event loop, bounded together with those of the node's other loops. */
final class EdgeStreams {
  private final Set<ClientStream> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private final int limit;
  private final int limitPerConnection;
  private final Draining draining;
  private final AtomicInteger onNode;

  /**
   * @param onNode counts the streams of all loops of the node
   */
  EdgeStreams(HttpConfig.Streams config, Draining draining, AtomicInteger onNode) {
    this.limit = config.max();
    this.limitPerConnection = config.maxPerConnection();
    this.draining = draining;
    this.onNode = onNode;
  }

  /** Makes room for a stream; false when it was refused. */
  boolean take(Exchange exchange) {
    if (draining.hasBegun()) {
      exchange.refuse(EdgeRefusal.OVERLOADED, "this node is stopping; nothing was done");
    } else if (exchange.connection().streams() >= limitPerConnection) {
      exchange.refuse(
          EdgeRefusal.TOO_MANY_STREAMS,
          "streams of the connection: "
              + exchange.connection().streams()
              + " (expected: < "
              + limitPerConnection
              + ")");
    } else if (onNode.incrementAndGet() > limit) {
      onNode.decrementAndGet();
      exchange.refuse(EdgeRefusal.OVERLOADED, "too many streams now; nothing was done");
    } else {
      exchange.connection().streamBegan();
      return true;
    }
    return false;
  }

  /** Gives the room back. */
  void release(Connection connection) {
    connection.streamEnded();
    onNode.decrementAndGet();
  }

  void add(ClientStream stream) {
    open.add(stream);
  }

  void remove(ClientStream stream) {
    if (open.remove(stream)) {
      release(stream.exchange.connection());
    }
  }

  /** Lets each stream do what is due. */
  void sweep(long nowNanos) {
    if (open.isEmpty()) {
      return;
    }
    if (draining.hasBegun()) {
      drain();
    }
    // A stream may end meanwhile.
    List<ClientStream> streams = new ArrayList<>(open);
    streams.forEach(
        stream -> {
          if (!stream.isOver()) {
            stream.tick(nowNanos);
          }
        });
  }

  /** Ends all of them. */
  void drain() {
    new ArrayList<>(open).forEach(ClientStream::drain);
  }
}
