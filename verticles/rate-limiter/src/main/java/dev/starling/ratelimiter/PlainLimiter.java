package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import java.util.Arrays;
import java.util.List;

/**
 * Decides calls of {@link RoutePlan#isPlain plain} routes: every rule is this node's own, and none
 * is on trial, holds calls or looks at callers. Most calls are such, so it does nothing else.
 *
 * <p>Not thread-safe: belongs to one {@link RateLimiter}, which decides the others.
 */
final class PlainLimiter {
  private static final int NOBODY = -1;

  private final BucketTable table;
  private final CallKeys keys;
  private final StripeLocks locks;
  private BucketCursor[] cursors = {};
  private long longestNanos;

  PlainLimiter(BucketTable table, CallKeys keys, StripeLocks locks) {
    this.table = table;
    this.keys = keys;
    this.locks = locks;
  }

  Decision spend(Spend call, RoutePlan plan, int cost, long nowNanos) {
    int count = plan.windows();
    aim(call, plan, count);
    int refusing;
    long now = locks.lock(nowNanos);
    try {
      refusing = settle(cost, now, count);
    } finally {
      locks.unlock();
    }
    return refusing == NOBODY ? allowed(plan, count) : limited(plan, refusing, cost, count);
  }

  private void aim(Spend call, RoutePlan plan, int count) {
    if (cursors.length < count) {
      int known = cursors.length;
      cursors = Arrays.copyOf(cursors, count);
      Arrays.setAll(cursors, i -> i < known ? cursors[i] : new BucketCursor());
    }
    keys.read(call, plan);
    int i = 0;
    for (Rule rule : plan.plainRules()) {
      long key = keys.of(rule);
      int stripe = table.stripeOf(key);
      locks.add(stripe);
      for (Limit limit : rule.limits()) {
        cursors[i++].aim(limit, table.stripe(stripe), key);
      }
    }
  }

  /** Spends, or returns the number of the window for which the call has to wait the longest. */
  private int settle(int cost, long now, int count) {
    int refusing = NOBODY;
    long longest = 0;
    boolean allStored = true;
    for (int i = 0; i < count; i++) {
      BucketCursor cursor = cursors[i];
      long wait = cursor.judge(cost, Long.MAX_VALUE, now);
      if (wait > longest) {
        longest = wait;
        refusing = i;
      }
      allStored &= cursor.isStored();
    }
    longestNanos = longest;
    if (refusing != NOBODY) {
      return refusing;
    }
    // Buckets that have a slot go first: spent from, they no longer look idle to a claim.
    for (int i = 0; i < count; i++) {
      if (cursors[i].isStored()) {
        cursors[i].store(cost);
      }
    }
    for (int i = 0; i < count && !allStored; i++) {
      if (!cursors[i].isStored()) {
        cursors[i].store(cost);
      }
    }
    return NOBODY;
  }

  private Decision allowed(RoutePlan plan, int count) {
    for (Rule rule : plan.plainRules()) {
      rule.tally().allowed().increment();
    }
    return new Allowed(windows(count));
  }

  private Decision limited(RoutePlan plan, int refusing, int cost, int count) {
    Rule rule = plan.ruleOf(refusing);
    BucketCursor cursor = cursors[refusing];
    return RateLimiter.limited(
        rule, cursor.limit(), cursor.inUse(), cost, longestNanos, windows(count));
  }

  private List<Window> windows(int count) {
    Window[] windows = new Window[count];
    for (int i = 0; i < count; i++) {
      RateLimiter.insert(windows, i, cursors[i].report());
    }
    return List.of(windows);
  }
}
