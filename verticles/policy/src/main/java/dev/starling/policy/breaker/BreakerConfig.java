package dev.starling.policy.breaker;

import java.time.Duration;

/**
 * When a breaker opens, for how long, and what closes it again.
 *
 * @param window how far back calls count; at least 10 ms
 * @param minCalls fewer calls than this in the window open nothing
 * @param failurePercent from this percentage of failures on it opens
 * @param slowPercent from this percentage of slow calls on it opens
 * @param slowAfter what takes longer is slow
 * @param open how long it refuses when it opened; doubles each time that its trials fail
 * @param maxOpen up to which the doubling goes
 * @param jitterPercent by how much each wait is longer or shorter at random, so that the nodes of a
 *     cluster do not try together; the longest wait too
 * @param trials how many calls are let through then; all of them must pass
 * @param trialPatience how long a trial may take before it counts as failed
 */
public record BreakerConfig(
    Duration window,
    int minCalls,
    double failurePercent,
    double slowPercent,
    Duration slowAfter,
    Duration open,
    Duration maxOpen,
    double jitterPercent,
    int trials,
    Duration trialPatience) {
  private static final Duration SHORTEST_WINDOW = Duration.ofMillis(CallWindow.SLOTS);

  public BreakerConfig {
    if (window.compareTo(SHORTEST_WINDOW) < 0) {
      throw wrong("window", window, "at least 10 ms");
    }
    if (minCalls < 1) {
      throw wrong("min-calls", minCalls, "> 0");
    }
    percent("failure-percent", failurePercent);
    percent("slow-percent", slowPercent);
    positive("slow-after", slowAfter);
    positive("open", open);
    if (maxOpen.compareTo(open) < 0) {
      throw wrong("max-open", maxOpen, "at least open, " + open);
    }
    if (!(jitterPercent >= 0 && jitterPercent < 100)) {
      throw wrong("jitter-percent", jitterPercent, "0 to below 100");
    }
    if (trials < 1 || trials > Trials.MOST) {
      throw wrong("trials", trials, "1.." + Trials.MOST);
    }
    positive("trial-patience", trialPatience);
  }

  /** Half of 20 calls in 10 s, or four fifths slower than 1 s; 5 s, up to 1 min; 3 trials. */
  public static BreakerConfig defaults() {
    return new BreakerConfig(
        Duration.ofSeconds(10),
        20,
        50,
        80,
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofMinutes(1),
        20,
        3,
        Duration.ofSeconds(10));
  }

  private static void percent(String key, double value) {
    if (!(value > 0 && value <= 100)) {
      throw wrong(key, value, "above 0 to 100");
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw wrong(key, value, "> 0");
    }
  }

  private static IllegalArgumentException wrong(String key, Object value, String expected) {
    return new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
  }
}
