package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Window;

/**
 * One window of one rule, ready to count.
 *
 * <p>Immutable.
 *
 * @param name unique among all windows; clients see it
 * @param salt tells the buckets of this window from those of others that count the same key
 */
record Limit(String name, long quota, int windowSeconds, long salt, Arithmetic arithmetic) {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** The fingerprint of the bucket in which this window counts a key. */
  long fingerprint(long keyHash) {
    return BucketStripe.fingerprint(Mixing.mix(keyHash ^ salt));
  }

  /** The state that clients are told of a bucket with this load. */
  Window report(long load, long nowNanos) {
    return window(
        arithmetic.remaining(load, nowNanos),
        (arithmetic.fullInNanos(load, nowNanos) + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
  }

  Window window(long remaining, long resetSeconds) {
    return new Window(
        name, quota, windowSeconds, remaining, (int) Math.min(Integer.MAX_VALUE, resetSeconds));
  }
}
