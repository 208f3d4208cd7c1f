package dev.starling.edge;

import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * How the edges of a node let their clients go, in two steps. Thread-safe; neither step can be
 * taken back.
 *
 * <p>After {@link #begin} everything is still served, but clients are asked to connect anew, which
 * a load balancer takes elsewhere: by {@code Connection: close} and by GOAWAY. {@link #closeDoors}
 * closes the listening port and what is idle, and waits for the requests in flight.
 */
public final class Draining {
  private final Queue<Supplier<Future<?>>> doors = new ConcurrentLinkedQueue<>();
  private volatile boolean begun;

  private Draining() {}

  /** That of this node. */
  public static Draining of(NodeScope node) {
    return node.shared("edge:draining", Draining::new);
  }

  public void begin() {
    begun = true;
  }

  public boolean hasBegun() {
    return begun;
  }

  /**
   * Takes no new connection from now on; completes when every request that came in is answered or
   * {@code http.shutdown-grace} has passed.
   */
  public Future<Void> closeDoors() {
    List<? extends Future<?>> closing = doors.stream().map(Supplier::get).toList();
    return Future.join(closing).mapEmpty();
  }

  /**
   * Adds an edge that has opened its door.
   *
   * @param close is called on any thread, more than once if the edge stops by itself
   */
  void add(Supplier<Future<?>> close) {
    doors.add(close);
  }

  void remove(Supplier<Future<?>> close) {
    doors.remove(close);
  }
}
