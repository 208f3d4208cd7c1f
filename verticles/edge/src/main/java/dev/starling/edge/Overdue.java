package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/** Something that must have ended by a certain time; an element of an {@link OverdueList}. */
abstract class Overdue {
  final long deadlineNanos;
  // Links of the list; null at its ends and outside of it.
  @Nullable Overdue before;
  @Nullable Overdue after;

  /**
   * @param deadlineNanos on {@link System#nanoTime()}
   */
  Overdue(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
  }

  /** Called once, after it was taken out of its list. */
  abstract void overdue();
}
