package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Window;
import org.jspecify.annotations.Nullable;

/**
 * One of the buckets that a call counts in, while it does.
 *
 * <p>Not thread-safe: belongs to one limiter, which aims it anew for each call. From {@link #judge}
 * to {@link #store} the bucket's stripe is locked.
 */
final class BucketCursor {
  private @Nullable Limit limit;
  private @Nullable BucketStripe stripe;
  private long fingerprint;
  private int slot;
  private long load;
  private long nowNanos;

  void aim(Limit atLimit, BucketStripe inStripe, long keyHash) {
    limit = atLimit;
    stripe = inStripe;
    fingerprint = atLimit.fingerprint(keyHash);
  }

  Limit limit() {
    return aimed(limit);
  }

  /** Reads the bucket; returns how long {@code cost} has to wait for it, in nanoseconds. */
  long judge(int cost, long maxDelayNanos, long now) {
    BucketStripe in = aimed(stripe);
    Arithmetic arithmetic = limit().arithmetic();
    nowNanos = now;
    slot = in.find(fingerprint);
    load = isStored() ? arithmetic.load(in.moment(slot), in.part(slot), now) : 0;
    if (!arithmetic.holds(cost)) {
      return RateLimiter.NEVER_NANOS;
    }
    long wait = arithmetic.waitNanos(load, cost, now);
    return Math.max(wait, arithmetic.delayNanos(load) - maxDelayNanos);
  }

  /** How long the call that was judged waits for its turn. */
  long delayNanos() {
    return limit().arithmetic().delayNanos(load);
  }

  /** Permits that were there when it was judged. */
  long remaining() {
    return limit().arithmetic().remaining(load, nowNanos);
  }

  /** Permits that were in use when it was judged. */
  long inUse() {
    return Math.max(0, limit().arithmetic().capacity() - remaining());
  }

  boolean isStored() {
    return slot != BucketStripe.ABSENT;
  }

  /** Spends what {@link #judge} found to be there, and writes it to the bucket's slot. */
  void store(int cost) {
    BucketStripe in = aimed(stripe);
    Arithmetic arithmetic = limit().arithmetic();
    if (!isStored()) {
      slot = in.claim(fingerprint, nowNanos);
    }
    load = arithmetic.spend(load, cost);
    in.put(slot, arithmetic.moment(load, nowNanos), arithmetic.part(load));
  }

  Window report() {
    return limit().report(load, nowNanos);
  }

  long fullInNanos() {
    return limit().arithmetic().fullInNanos(load, nowNanos);
  }

  private static <T> T aimed(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the cursor is not aimed");
    }
    return value;
  }
}
