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
  private @Nullable LimitPolicy policy;
  private @Nullable Limit limit;
  private @Nullable BucketStripe stripe;
  private long fingerprint;
  private int slot;
  private long debt;
  private long waitNanos;

  void aim(LimitPolicy atPolicy, Limit atLimit, BucketStripe inStripe, long keyHash) {
    policy = atPolicy;
    limit = atLimit;
    stripe = inStripe;
    fingerprint = atLimit.fingerprint(keyHash);
  }

  LimitPolicy policy() {
    return aimed(policy);
  }

  Limit limit() {
    return aimed(limit);
  }

  /** Reads the bucket; returns how long {@code cost} has to wait for it, in nanoseconds. */
  long judge(int cost, long nowNanos) {
    BucketStripe in = aimed(stripe);
    Gcra gcra = limit().gcra();
    slot = in.find(fingerprint);
    debt =
        slot == BucketStripe.ABSENT
            ? 0
            : gcra.debt(in.fullAtNanos(slot), in.fullAtPart(slot), nowNanos);
    waitNanos = gcra.holds(cost) ? gcra.waitNanos(debt, cost) : RateLimiter.NEVER_NANOS;
    return waitNanos;
  }

  /** What {@link #judge} answered. */
  long waitNanos() {
    return waitNanos;
  }

  boolean isStored() {
    return slot != BucketStripe.ABSENT;
  }

  /** Spends what {@link #judge} found to be there, and writes it to the bucket's slot. */
  void store(int cost, long nowNanos) {
    BucketStripe in = aimed(stripe);
    Gcra gcra = limit().gcra();
    if (!isStored()) {
      slot = in.claim(fingerprint, nowNanos);
    }
    debt = gcra.spend(debt, cost);
    in.put(slot, gcra.fullAtNanos(debt, nowNanos), gcra.fullAtPart(debt));
  }

  Window report() {
    return limit().report(debt);
  }

  private static <T> T aimed(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the cursor is not aimed");
    }
    return value;
  }
}
