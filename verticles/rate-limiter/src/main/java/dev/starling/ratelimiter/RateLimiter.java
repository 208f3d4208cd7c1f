package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether calls may be spent, against the limits of its node.
 *
 * <p>Not thread-safe: each event loop has its own, and all of a node share {@link NodeLimits}. A
 * call is judged and spent while the stripes of all its buckets are locked, so that it takes its
 * cost from every window or from none, whatever other loops do. Takes constant time for each window
 * and allocates only the answer.
 */
final class RateLimiter {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How long a call waits that costs more than a bucket holds. */
  static final long NEVER_NANOS = Long.MAX_VALUE;

  /** The same in milliseconds: 292 years, small enough for whoever rounds or converts it. */
  static final long NEVER_MILLIS = NEVER_NANOS / NANOS_PER_MILLI;

  /**
   * How long callers may let calls of a route pass unasked. So a limit that a rolling restart
   * brings holds everywhere a second after the node with it has taken over.
   */
  private static final Decision UNCOUNTED = new Uncounted(1000);

  private final NodeLimits node;
  private final BucketTable table;
  private final CallKeys keys;
  private final StripeLocks locks;
  private BucketCursor[] cursors = new BucketCursor[0];

  RateLimiter(NodeLimits node) {
    this.node = node;
    this.table = node.table();
    this.keys = new CallKeys(node.hashes());
    this.locks = new StripeLocks(table);
  }

  /**
   * Spends the call's cost from every window that applies to it, or from none.
   *
   * @param nowNanos the time of any monotonic clock, the same one for the whole node
   * @throws IllegalArgumentException when the cost is less than 1
   */
  Decision spend(Spend call, long nowNanos) {
    int cost = call.cost();
    if (cost < 1) {
      throw new IllegalArgumentException("cost: " + cost + " (expected: >= 1)");
    }
    RoutePlan plan = node.planOf(call.route());
    int count = plan.windows();
    if (count == 0) {
      return UNCOUNTED;
    }
    aim(call, plan);
    @Nullable BucketCursor refusing;
    locks.lock();
    try {
      refusing = settle(cost, nowNanos, count);
    } finally {
      locks.unlock();
    }
    return refusing == null ? allowed(plan) : limited(refusing, count);
  }

  private void aim(Spend call, RoutePlan plan) {
    if (cursors.length < plan.windows()) {
      int known = cursors.length;
      cursors = Arrays.copyOf(cursors, plan.windows());
      Arrays.setAll(cursors, i -> i < known ? cursors[i] : new BucketCursor());
    }
    keys.read(call, plan);
    int i = 0;
    for (LimitPolicy policy : plan.policies()) {
      long key = keys.of(policy);
      int stripe = table.stripeOf(key);
      locks.add(stripe);
      for (Limit limit : policy.limits()) {
        cursors[i++].aim(policy, limit, table.stripe(stripe), key);
      }
    }
  }

  /** Spends, or returns the bucket for which the call has to wait the longest. */
  private @Nullable BucketCursor settle(int cost, long nowNanos, int count) {
    BucketCursor refusing = null;
    long longest = 0;
    for (int i = 0; i < count; i++) {
      long wait = cursors[i].judge(cost, nowNanos);
      if (wait > longest) {
        longest = wait;
        refusing = cursors[i];
      }
    }
    if (refusing == null) {
      // Buckets that have a slot go first: spent from, they no longer look idle to a claim.
      for (int i = 0; i < count; i++) {
        if (cursors[i].isStored()) {
          cursors[i].store(cost, nowNanos);
        }
      }
      for (int i = 0; i < count; i++) {
        if (!cursors[i].isStored()) {
          cursors[i].store(cost, nowNanos);
        }
      }
    }
    return refusing;
  }

  private Decision allowed(RoutePlan plan) {
    for (LimitPolicy policy : plan.policies()) {
      policy.allowed().increment();
    }
    return new Allowed(windows(plan.windows()));
  }

  private Decision limited(BucketCursor refusing, int count) {
    long wait = refusing.waitNanos();
    if (wait == NEVER_NANOS) {
      refusing.policy().tooCostly().increment();
      return new Limited(refusing.limit().name(), NEVER_MILLIS, windows(count));
    }
    refusing.policy().limited().increment();
    long millis = (wait - 1) / NANOS_PER_MILLI + 1;
    return new Limited(refusing.limit().name(), millis, windows(count));
  }

  /** The windows' state, fewest remaining permits first. */
  private List<Window> windows(int count) {
    Window[] windows = new Window[count];
    for (int i = 0; i < count; i++) {
      Window window = cursors[i].report();
      int at = i;
      while (at > 0 && window.remaining() < windows[at - 1].remaining()) {
        windows[at] = windows[at - 1];
        at--;
      }
      windows[at] = window;
    }
    return List.of(windows);
  }
}
