package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * Things that have the same time to end, in the order in which they began, so the first that is not
 * overdue ends the search and none needs a timer of its own. Not thread-safe.
 */
final class OverdueList {
  private @Nullable Overdue first;
  private @Nullable Overdue last;

  /** Adds an element whose deadline is not before that of the one added last. */
  void add(Overdue element) {
    Overdue previous = last;
    element.before = previous;
    if (previous == null) {
      first = element;
    } else {
      previous.after = element;
    }
    last = element;
  }

  /** Takes an element out; harmless when it is not in. */
  void remove(Overdue element) {
    Overdue previous = element.before;
    Overdue next = element.after;
    if (previous == null && element != first) {
      return;
    }
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
    element.before = null;
    element.after = null;
  }

  /** Takes out and ends every element whose time is up. */
  void sweep(long nowNanos) {
    for (Overdue element = first;
        element != null && element.deadlineNanos - nowNanos <= 0;
        element = first) {
      remove(element);
      element.overdue();
    }
  }
}
