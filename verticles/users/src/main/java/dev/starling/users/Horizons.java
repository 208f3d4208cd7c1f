package dev.starling.users;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which transactions had ended at what time, to tell how much of the change feed nobody
 * needs any more. Thread-safe.
 */
final class Horizons {
  private record Seen(long nanos, String horizon) {}

  private final Deque<Seen> seen = new ArrayDeque<>();
  private final long retentionNanos;
  private final long gapNanos;

  /**
   * @param retention how long a change is kept after it became visible
   * @param gap the least time between two horizons worth remembering
   */
  Horizons(Duration retention, Duration gap) {
    this.retentionNanos = retention.toNanos();
    this.gapNanos = gap.toNanos();
  }

  /** At {@code nowNanos} all transactions below {@code horizon} had ended. */
  synchronized void add(String horizon, long nowNanos) {
    Seen last = seen.peekLast();
    if (last == null || nowNanos - last.nanos >= gapNanos) {
      seen.addLast(new Seen(nowNanos, horizon));
    }
  }

  /** Forgets everything: the next horizon comes from another server. */
  synchronized void clear() {
    seen.clear();
  }

  /** The latest horizon that is older than the retention, once; otherwise null. */
  synchronized @Nullable String retire(long nowNanos) {
    String retired = null;
    while (!seen.isEmpty() && nowNanos - seen.getFirst().nanos >= retentionNanos) {
      retired = seen.removeFirst().horizon;
    }
    return retired;
  }
}
