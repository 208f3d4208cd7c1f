package dev.starling.inference.engine;

import java.util.function.LongConsumer;

/**
 * Sees to it that somebody looks at a queue when its earliest deadline passes. Not thread-safe: the
 * queue's lock guards it.
 *
 * <p>There is one alarm at a time, for the earliest deadline at the moment that it was set; later
 * entries mostly expire later, so a busy queue sets few. One that was overtaken by an earlier
 * deadline rings as well, and sets no other.
 */
final class ExpiryAlarm {
  private final Alarm alarm;
  private final LongConsumer sweep;
  private boolean set;
  private long dueNanos;

  /**
   * @param sweep called with the time it was set for
   */
  ExpiryAlarm(Alarm alarm, LongConsumer sweep) {
    this.alarm = alarm;
    this.sweep = sweep;
  }

  /** To be called when something came in. */
  void watch(BatchQueue<?> queue, long nowNanos) {
    if (queue.isEmpty()) {
      return;
    }
    long deadline = queue.earliestDeadlineNanos();
    if (!set || deadline - dueNanos < 0) {
      set = true;
      dueNanos = deadline;
      alarm.after(Math.max(0, deadline - nowNanos), () -> sweep.accept(deadline));
    }
  }

  /** To be called when it rings, after what has expired was taken out. */
  void rang(BatchQueue<?> queue, long rangForNanos, long nowNanos) {
    if (rangForNanos == dueNanos) {
      set = false;
      watch(queue, nowNanos);
    }
  }
}
