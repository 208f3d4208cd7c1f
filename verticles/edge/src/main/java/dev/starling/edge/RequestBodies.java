package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * The bodies that are still on their way to one event loop, oldest first. All have the same time to
 * arrive, so the first that is not overdue ends the search, and no body needs a timer of its own.
 */
final class RequestBodies {
  private @Nullable RequestBody first;
  private @Nullable RequestBody last;

  void add(RequestBody body) {
    RequestBody previous = last;
    body.before = previous;
    if (previous == null) {
      first = body;
    } else {
      previous.after = body;
    }
    last = body;
  }

  /** Takes a body out; harmless when it is not in. */
  void remove(RequestBody body) {
    if (body != first && body.before == null) {
      return;
    }
    RequestBody previous = body.before;
    RequestBody next = body.after;
    if (previous == null) {
      first = next;
    } else {
      previous.after = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.before = previous;
    }
    body.before = null;
    body.after = null;
  }

  /** Cuts off every body whose time is up. */
  void sweep(long nowNanos) {
    for (RequestBody body = first;
        body != null && body.deadlineNanos - nowNanos <= 0;
        body = first) {
      remove(body);
      body.overdue();
    }
  }
}
