package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Window;

/**
 * One window of one policy, ready to count.
 *
 * <p>Immutable.
 *
 * @param name unique among all windows; clients see it
 * @param salt tells the buckets of this window from those of others that count the same key
 */
record Limit(String name, long quota, int windowSeconds, long salt, Gcra gcra) {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** The fingerprint of the bucket in which this window counts a key. */
  long fingerprint(long keyHash) {
    return BucketStripe.fingerprint(Mixing.mix(keyHash ^ salt));
  }

  /** The state that clients are told of a bucket with this debt. */
  Window report(long debt) {
    long seconds = (gcra.fullInNanos(debt) + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
    return new Window(name, quota, windowSeconds, gcra.remaining(debt), (int) seconds);
  }
}
