package dev.starling.bus;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The requests of other nodes that this one works on and that may be given up. Thread-safe.
 *
 * <p>A request is known by who sent it and the number it has there, so a node that gives one up can
 * only mean its own.
 */
final class Cancellable {
  private record Key(String callerNode, int callerInstance, long correlation) {}

  private final ConcurrentMap<Key, Cancellation> open = new ConcurrentHashMap<>();

  /** A request has come; each call is followed by an {@link #ended} with the same request. */
  void began(Frame.Request request) {
    Cancellation cancellation = request.context().cancellation();
    if (cancellation != null) {
      open.put(key(request), cancellation);
    }
  }

  void ended(Frame.Request request) {
    if (request.context().cancellation() != null) {
      open.remove(key(request));
    }
  }

  /** The sender of a request has given it up; that of one which has ended does nothing. */
  void cancel(Frame.Cancel cancel) {
    Cancellation cancellation =
        open.get(new Key(cancel.callerNode(), cancel.callerInstance(), cancel.correlation()));
    if (cancellation != null) {
      cancellation.cancel();
    }
  }

  int count() {
    return open.size();
  }

  private static Key key(Frame.Request request) {
    return new Key(request.callerNode(), request.callerInstance(), request.correlation());
  }
}
