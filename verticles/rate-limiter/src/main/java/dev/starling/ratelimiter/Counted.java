package dev.starling.ratelimiter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the rules that a call counts in, while it does: either in buckets of this node, which have
 * cursors, or in a lease.
 *
 * <p>Not thread-safe: belongs to one limiter, which uses it again for each call.
 */
final class Counted {
  private @Nullable Rule rule;
  private @Nullable Lease lease;
  private @Nullable Lease creditor;
  private int firstCursor;
  private int endCursor;
  private @Nullable BucketCursor refusing;
  private long waitNanos;
  private long delayNanos;
  private boolean spent;

  void inBuckets(Rule ofRule, int first, int end) {
    rule = ofRule;
    lease = null;
    creditor = null;
    firstCursor = first;
    endCursor = end;
  }

  /** In buckets of this node, in the place of a lease that would have to be asked for. */
  void inBucketsFor(Rule ofRule, int first, int end, Lease ofLease) {
    inBuckets(ofRule, first, end);
    creditor = ofLease;
  }

  void inLease(Rule ofRule, Lease ofLease) {
    rule = ofRule;
    lease = ofLease;
    creditor = null;
    firstCursor = 0;
    endCursor = 0;
  }

  Rule rule() {
    Rule aimed = rule;
    if (aimed == null) {
      throw new IllegalStateException("no call is counted");
    }
    return aimed;
  }

  @Nullable Lease lease() {
    return lease;
  }

  /** Whose permits are given from this node's share; null when none are. */
  @Nullable Lease creditor() {
    return creditor;
  }

  int firstCursor() {
    return firstCursor;
  }

  int endCursor() {
    return endCursor;
  }

  /** How long the call has to wait for this rule; 0 for not at all, or {@link Lease#SHORT}. */
  long judge(int cost, long maxDelayNanos, long nowNanos, BucketCursor[] cursors) {
    refusing = null;
    spent = false;
    Lease borrowed = lease;
    if (borrowed != null) {
      waitNanos =
          rule().holds(cost)
              ? borrowed.judge(cost, maxDelayNanos, nowNanos)
              : RateLimiter.NEVER_NANOS;
      return waitNanos;
    }
    waitNanos = 0;
    delayNanos = 0;
    for (int i = firstCursor; i < endCursor; i++) {
      BucketCursor cursor = cursors[i];
      long wait = cursor.judge(cost, maxDelayNanos, nowNanos);
      if (wait > waitNanos) {
        waitNanos = wait;
        refusing = cursor;
      }
      delayNanos = Math.max(delayNanos, cursor.delayNanos());
    }
    return waitNanos;
  }

  /** What {@link #judge} answered. */
  long waitNanos() {
    return waitNanos;
  }

  /** How long the call waits for its turn in the buckets that were judged. */
  long delayNanos() {
    return delayNanos;
  }

  /** The window that refused, of a rule that did. */
  Limit refusingLimit() {
    BucketCursor cursor = refusing;
    if (cursor != null) {
      return cursor.limit();
    }
    List<Limit> limits = rule().limits();
    Lease borrowed = lease;
    int window = borrowed == null ? 0 : borrowed.refusedWindow();
    return limits.get(Math.min(window, limits.size() - 1));
  }

  /** Permits of it that were in use. */
  long inUse() {
    BucketCursor cursor = refusing;
    return cursor == null ? refusingLimit().arithmetic().capacity() : cursor.inUse();
  }

  /** Whether the call counts in it. */
  boolean isSpent() {
    return spent;
  }

  void spend() {
    spent = true;
  }
}
