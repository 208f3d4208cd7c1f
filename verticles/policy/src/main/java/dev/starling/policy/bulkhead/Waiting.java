package dev.starling.policy.bulkhead;

import org.jspecify.annotations.Nullable;

/** A place in a bulkhead's queue. Thread-safe. */
public final class Waiting implements Entry {
  final Waiter waiter;
  final long sinceNanos;
  private final Bulkhead bulkhead;

  /** Neighbours in the queue, {@code older} towards its head; guarded by the bulkhead's lock. */
  @Nullable Waiting older;

  @Nullable Waiting newer;
  boolean queued = true;

  Waiting(Bulkhead bulkhead, Waiter waiter, long sinceNanos) {
    this.bulkhead = bulkhead;
    this.waiter = waiter;
    this.sinceNanos = sinceNanos;
  }

  /**
   * Leaves the queue without having been inside.
   *
   * @return false when it was too late: the waiter has been called or is being called, and must
   *     leave if it entered
   */
  public boolean cancel() {
    return bulkhead.cancel(this);
  }
}
