package dev.starling.postgres;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting for another process, which sends no signal when it is done: look, pause, look again. */
final class Pause {
  private final long nanos;
  private final long deadlineNanos;
  private final Duration limit;

  private Pause(Duration every, Duration limit) {
    this.nanos = every.toNanos();
    this.deadlineNanos = System.nanoTime() + limit.toNanos();
    this.limit = limit;
  }

  static Pause every(long millis, Duration limit) {
    return new Pause(Duration.ofMillis(millis), limit);
  }

  /** Whether the limit has passed. */
  boolean over() {
    return System.nanoTime() - deadlineNanos > 0;
  }

  Duration limit() {
    return limit;
  }

  /** Waits once; an interrupt ends the whole undertaking. */
  void once() {
    LockSupport.parkNanos(nanos);
    if (Thread.currentThread().isInterrupted()) {
      throw new PostgresException("interrupted while waiting for PostgreSQL");
    }
  }
}
