package dev.starling.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * Says that nobody waits for the answer of a request any more, e.g. because its client left.
 *
 * <p>Whoever makes a call that may be given up puts one into its {@link CallContext}; with it go
 * the calls that are made in its course, on this node and others. The bus gives those calls up with
 * {@link ErrorCode#CANCELLED}, and tells the nodes that have them. It is a hint: what has begun may
 * go on to its end, what was done stays done.
 *
 * <p>Thread-safe. Only who holds it can use it: there is no way to name that of another request.
 */
public final class Cancellation {
  private List<Runnable> listeners = new ArrayList<>(2);
  private volatile boolean cancelled;

  /** Whether nobody waits. */
  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Nobody waits from now on. Listeners are called here, in the order in which they came; a second
   * time does nothing.
   */
  public void cancel() {
    List<Runnable> told;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      told = listeners;
      listeners = List.of();
    }
    told.forEach(Runnable::run);
  }

  /**
   * Calls a listener once when nobody waits any more, on the thread that says so; at once if that
   * was said before. It must not block or throw.
   */
  public void onCancel(Runnable listener) {
    synchronized (this) {
      if (!cancelled) {
        listeners.add(listener);
        return;
      }
    }
    listener.run();
  }

  /** The same listener is not called any more, unless it is being called now. */
  public void forget(Runnable listener) {
    synchronized (this) {
      if (!cancelled) {
        listeners.remove(listener);
      }
    }
  }
}
