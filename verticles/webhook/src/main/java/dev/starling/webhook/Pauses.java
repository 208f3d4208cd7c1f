package dev.starling.webhook;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which receivers asked to be left alone, and until when.
 *
 * <p>Thread-safe; remembers {@value #MAX_RECEIVERS}, the oldest is forgotten. What is forgotten is
 * tried a little early.
 */
final class Pauses {
  static final int MAX_RECEIVERS = 1_000;

  private final Duration longest;
  private final Map<String, Long> untilNanos = new LinkedHashMap<>();

  Pauses(Duration longest) {
    this.longest = longest;
  }

  /** Takes note of a wish, cut to the longest pause. */
  synchronized void ask(String receiver, Duration pause, long nowNanos) {
    Duration bounded = pause.compareTo(longest) > 0 ? longest : pause;
    untilNanos.remove(receiver);
    if (bounded.isZero()) {
      return;
    }
    untilNanos.put(receiver, nowNanos + bounded.toNanos());
    if (untilNanos.size() > MAX_RECEIVERS) {
      untilNanos.remove(untilNanos.keySet().iterator().next());
    }
  }

  /** How long a receiver is still to be left alone; zero when it may be called. */
  synchronized Duration left(String receiver, long nowNanos) {
    Long until = untilNanos.get(receiver);
    if (until == null) {
      return Duration.ZERO;
    }
    long left = until - nowNanos;
    if (left <= 0) {
      untilNanos.remove(receiver);
      return Duration.ZERO;
    }
    return Duration.ofNanos(left);
  }
}
