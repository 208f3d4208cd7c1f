package dev.starling.redis;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time, up to a bound, and between
 * half of it and the whole at random, so that the nodes of a cluster do not all come back at one
 * moment.
 *
 * <p>Not thread-safe.
 */
final class Backoff {
  private final long firstMillis;
  private final long longestMillis;
  private final RandomGenerator random;
  private long next;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.firstMillis = first.toMillis();
    this.longestMillis = longest.toMillis();
    this.random = random;
    this.next = firstMillis;
  }

  long nextMillis() {
    long whole = next;
    next = Math.min(longestMillis, next * 2);
    return whole / 2 + random.nextLong(whole / 2 + 1);
  }

  void reset() {
    next = firstMillis;
  }
}
