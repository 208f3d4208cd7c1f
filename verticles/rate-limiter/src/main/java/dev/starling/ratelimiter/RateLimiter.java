package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.LendRefused;
import dev.starling.contract.ratelimit.RateLimitContract.Lending;
import dev.starling.contract.ratelimit.RateLimitContract.Lent;
import dev.starling.contract.ratelimit.RateLimitContract.Level;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.policy.match.Caller;
import dev.starling.policy.rule.Sharing;
import dev.starling.ratelimiter.Lenders.Keeper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether calls may be spent, against the limits of its node and what it has borrowed of
 * those that it shares.
 *
 * <p>Not thread-safe: each event loop has its own, and all of a node share {@link NodeLimits}. A
 * call is judged and spent while the stripes of all its buckets are locked, so that it takes its
 * cost from every window or from none, whatever other loops do. Takes constant time for each window
 * and allocates only the answer.
 *
 * <p>Times are nanoseconds since the epoch of a clock that does not go back, the same one for the
 * whole node.
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

  /**
   * A rule for which a call has to borrow permits.
   *
   * @param need how many
   */
  record Shortage(Lease lease, int need) {}

  private final NodeLimits node;
  private final Lenders lenders;
  private final BucketTable table;
  private final CallKeys keys;
  private final StripeLocks locks;
  private final PlainLimiter plain;
  private BucketCursor[] cursors = {};
  private Counted[] counted = {};
  private final List<Shortage> shortages = new ArrayList<>();
  private final List<Lease> low = new ArrayList<>();
  private int cursorCount;
  private int ruleCount;
  private boolean leased;

  RateLimiter(NodeLimits node, Lenders lenders) {
    this.node = node;
    this.lenders = lenders;
    this.table = node.table();
    this.keys = new CallKeys(node.hashes());
    this.locks = new StripeLocks(table);
    this.plain = new PlainLimiter(table, keys, locks);
  }

  /** Decides without asking anybody: of rules that are shared, this node gives its own share. */
  Decision spend(Spend call, long nowNanos) {
    Decision decision = decide(call, nowNanos, true);
    if (decision == null) {
      throw new IllegalStateException("a limiter on its own has nothing to borrow");
    }
    return decision;
  }

  /**
   * Spends the call's cost from every window that applies to it, or from none.
   *
   * @return null when permits have to be borrowed first: {@link #shortages}
   * @throws IllegalArgumentException when the cost is less than 1
   */
  @Nullable Decision trySpend(Spend call, long nowNanos) {
    return decide(call, nowNanos, false);
  }

  /** What the last call that was not decided needs. */
  List<Shortage> shortages() {
    return List.copyOf(shortages);
  }

  /** Whether the last call left leases that should be filled up, or found one of a trial empty. */
  boolean hasLow() {
    return !low.isEmpty();
  }

  List<Lease> low() {
    return List.copyOf(low);
  }

  /**
   * Lends permits of a bucket that this node keeps.
   *
   * @param need 1 or more
   * @param want {@code need} or more
   */
  Lending lend(Rule rule, String key, int need, int want, long nowNanos) {
    long keyHash = node.hashes().consumer().hash(key);
    cursorCount = 0;
    aim(rule.limits(), keyHash);
    long now = locks.lock(nowNanos);
    try {
      return lend(rule, need, want, now);
    } finally {
      locks.unlock();
    }
  }

  /**
   * Takes what was lent from this node's share as well. Otherwise a lender that goes away would
   * find a full share beside what it has lent, and a node could give both.
   */
  void charge(Lease lease, long nowNanos) {
    int permits = lease.takeUncharged();
    if (permits == 0) {
      return;
    }
    cursorCount = 0;
    aim(lease.rule().localShare(lenders.nodes()), lease.keyHash());
    long now = locks.lock(nowNanos);
    try {
      for (int i = 0; i < cursorCount; i++) {
        BucketCursor cursor = cursors[i];
        cursor.judge(1, Long.MAX_VALUE, now);
        long left = Math.min(permits, cursor.remaining());
        if (left > 0) {
          cursor.store((int) left);
        }
      }
    } finally {
      locks.unlock();
    }
  }

  private Lending lend(Rule rule, int need, int want, long now) {
    long longest = 0;
    int refusing = 0;
    long most = want;
    long delay = 0;
    long spacing = 0;
    long valid = Lease.VALID_NANOS;
    for (int i = 0; i < cursorCount; i++) {
      BucketCursor cursor = cursors[i];
      Arithmetic arithmetic = cursor.limit().arithmetic();
      long wait = cursor.judge(need, Long.MAX_VALUE, now);
      if (wait > longest) {
        longest = wait;
        refusing = i;
      }
      most = Math.min(most, Math.max(need, cursor.remaining()));
      delay = Math.max(delay, cursor.delayNanos());
      spacing = Math.max(spacing, arithmetic.spacingNanos());
      valid = Math.min(valid, arithmetic.validNanos(now));
    }
    if (longest > 0) {
      return new LendRefused(refusing, millis(longest), levels());
    }
    for (int i = 0; i < cursorCount; i++) {
      cursors[i].store((int) most);
    }
    return new Lent((int) most, (int) (valid / NANOS_PER_MILLI), delay, spacing, levels());
  }

  private List<Level> levels() {
    List<Level> levels = new ArrayList<>(cursorCount);
    for (int i = 0; i < cursorCount; i++) {
      BucketCursor cursor = cursors[i];
      levels.add(new Level(cursor.remaining(), millis(cursor.fullInNanos())));
    }
    return levels;
  }

  private @Nullable Decision decide(Spend call, long nowNanos, boolean alone) {
    if (call.cost() < 1) {
      throw new IllegalArgumentException("cost: " + call.cost() + " (expected: >= 1)");
    }
    shortages.clear();
    low.clear();
    RoutePlan plan = node.planOf(call);
    if (plan.isEmpty()) {
      return UNCOUNTED;
    }
    if (plan.isPlain()) {
      return plain.spend(call, plan, times(call.cost(), plan.cost(Caller.UNKNOWN)), nowNanos);
    }
    return decide(call, plan, nowNanos, alone);
  }

  private @Nullable Decision decide(Spend call, RoutePlan plan, long nowNanos, boolean alone) {
    Caller caller = plan.isDynamic() ? plan.caller(call) : Caller.UNKNOWN;
    List<Rule> rules = plan.rules(caller);
    int cost = times(call.cost(), plan.cost(caller));
    keys.read(call, plan);
    aim(call, rules, nowNanos, alone);
    long maxDelayNanos = TimeUnit.MILLISECONDS.toNanos(call.maxDelayMillis());
    @Nullable Counted refusing;
    long now = locks.lock(nowNanos);
    try {
      refusing = settle(cost, maxDelayNanos, now);
    } finally {
      locks.unlock();
    }
    if (refusing != null) {
      return limited(refusing, cost);
    }
    return shortages.isEmpty() ? allowed(cost, now) : null;
  }

  private void aim(Spend call, List<Rule> rules, long nowNanos, boolean alone) {
    cursorCount = 0;
    leased = false;
    ruleCount = rules.size();
    if (counted.length < ruleCount) {
      int known = counted.length;
      counted = Arrays.copyOf(counted, ruleCount);
      Arrays.setAll(counted, i -> i < known ? counted[i] : new Counted());
    }
    for (int i = 0; i < ruleCount; i++) {
      Rule rule = rules.get(i);
      long key = keys.of(rule);
      List<Limit> limits = rule.limits();
      Lease creditor = null;
      if (rule.sharing() != Sharing.LOCAL) {
        Lease lease = node.leaseOf(rule, key, () -> keys.textOf(rule, call));
        Keeper keeper = lenders.keeperOf(lease, nowNanos);
        if (keeper == Keeper.OTHER && !alone) {
          counted[i].inLease(rule, lease);
          leased = true;
          continue;
        }
        key = lease.keyHash();
        if (keeper != Keeper.SELF) {
          creditor = lease;
          limits = rule.localShare(lenders.nodes());
        }
      }
      int first = cursorCount;
      aim(limits, key);
      if (creditor == null) {
        counted[i].inBuckets(rule, first, cursorCount);
      } else {
        counted[i].inBucketsFor(rule, first, cursorCount, creditor);
      }
    }
  }

  /** Adds cursors at the buckets of one key, whose stripe is locked with the others. */
  private void aim(List<Limit> limits, long key) {
    int stripe = table.stripeOf(key);
    locks.add(stripe);
    int end = cursorCount + limits.size();
    if (cursors.length < end) {
      int known = cursors.length;
      cursors = Arrays.copyOf(cursors, end);
      Arrays.setAll(cursors, i -> i < known ? cursors[i] : new BucketCursor());
    }
    for (int i = 0; i < limits.size(); i++) {
      cursors[cursorCount++].aim(limits.get(i), table.stripe(stripe), key);
    }
  }

  /**
   * Spends, or returns the rule for which the call has to wait the longest, or notes what it has to
   * borrow.
   */
  private @Nullable Counted settle(int cost, long maxDelayNanos, long now) {
    Counted refusing = null;
    long longest = 0;
    for (int i = 0; i < ruleCount; i++) {
      Counted rule = counted[i];
      long wait = rule.judge(cost, maxDelayNanos, now, cursors);
      if (rule.rule().isShadow()) {
        continue;
      }
      if (wait > longest) {
        longest = wait;
        refusing = rule;
      }
    }
    if (refusing == null && (!leased || takeLeases(cost, now))) {
      // Buckets that have a slot go first: spent from, they no longer look idle to a claim.
      if (store(cost, true)) {
        store(cost, false);
      }
    }
    return refusing;
  }

  /** Takes what was borrowed for the call; from every lease that the call needs, or from none. */
  private boolean takeLeases(int cost, long now) {
    for (int i = 0; i < ruleCount; i++) {
      Counted rule = counted[i];
      Lease lease = rule.lease();
      if (lease == null) {
        continue;
      }
      if (rule.waitNanos() == 0 && lease.take(cost, now)) {
        rule.spend();
      } else if (!rule.rule().isShadow()) {
        shortages.add(new Shortage(lease, cost));
        continue;
      }
      // A rule on trial is not waited for: what it lacks is fetched for the next call.
      if (lease.isLow(now) || (rule.rule().isShadow() && rule.waitNanos() == Lease.SHORT)) {
        low.add(lease);
      }
    }
    if (shortages.isEmpty()) {
      return true;
    }
    low.clear();
    for (int i = 0; i < ruleCount; i++) {
      Lease lease = counted[i].lease();
      if (lease != null && counted[i].isSpent()) {
        lease.giveBack(cost);
      }
    }
    return false;
  }

  /** Spends from the buckets that have a slot, or from the others; true when some are left. */
  private boolean store(int cost, boolean stored) {
    boolean left = false;
    for (int i = 0; i < ruleCount; i++) {
      Counted rule = counted[i];
      if (rule.lease() != null || rule.waitNanos() != 0) {
        continue;
      }
      for (int c = rule.firstCursor(); c < rule.endCursor(); c++) {
        BucketCursor cursor = cursors[c];
        if (cursor.isStored() == stored) {
          cursor.store(cost);
        } else {
          left = true;
        }
      }
    }
    return left;
  }

  private Decision allowed(int cost, long now) {
    long delay = 0;
    List<String> shadows = List.of();
    for (int i = 0; i < ruleCount; i++) {
      Counted rule = counted[i];
      Tally tally = rule.rule().tally();
      if (rule.waitNanos() > 0) {
        tally.wouldLimit().increment();
        if (shadows.isEmpty()) {
          shadows = new ArrayList<>();
        }
        shadows.add(rule.rule().name());
        continue;
      }
      Lease creditor = rule.creditor();
      if (creditor != null) {
        creditor.owe(cost, now);
      }
      long own = rule.rule().isShadow() ? 0 : delayOf(rule, now);
      (own > 0 ? tally.delayed() : tally.allowed()).increment();
      delay = Math.max(delay, own);
    }
    int delayMillis = delay == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, millis(delay));
    return new Allowed(windows(), delayMillis, shadows);
  }

  /** Read before it was spent, so it is the time until this call's turn. */
  private long delayOf(Counted rule, long now) {
    Lease lease = rule.lease();
    return lease == null ? rule.delayNanos() : lease.turnDelayNanos(now);
  }

  private Decision limited(Counted refusing, int cost) {
    return limited(
        refusing.rule(),
        refusing.refusingLimit(),
        refusing.inUse(),
        cost,
        refusing.waitNanos(),
        windows());
  }

  static Decision limited(
      Rule rule, Limit limit, long inUse, int cost, long waitNanos, List<Window> windows) {
    boolean never = waitNanos == NEVER_NANOS;
    (never ? rule.tally().tooCostly() : rule.tally().limited()).increment();
    return new Limited(
        rule.name(),
        limit.name(),
        limit.arithmetic().capacity(),
        inUse + cost,
        never ? NEVER_MILLIS : millis(waitNanos),
        windows);
  }

  /** The windows' state, fewest remaining permits first. */
  private List<Window> windows() {
    int most = 0;
    for (int i = 0; i < ruleCount; i++) {
      most += counted[i].rule().limits().size();
    }
    Window[] windows = new Window[most];
    int count = 0;
    for (int i = 0; i < ruleCount; i++) {
      Counted rule = counted[i];
      if (rule.rule().isShadow()) {
        continue;
      }
      for (int c = rule.firstCursor(); c < rule.endCursor(); c++) {
        insert(windows, count++, cursors[c].report());
      }
      Lease lease = rule.lease();
      if (lease != null) {
        count = report(windows, count, rule.rule().limits(), lease);
      }
    }
    return List.of(count == most ? windows : Arrays.copyOf(windows, count));
  }

  private static int report(Window[] windows, int count, List<Limit> limits, Lease lease) {
    int end = count;
    for (int w = 0; w < limits.size(); w++) {
      Level level = lease.level(w);
      if (level != null) {
        long seconds = (level.resetMillis() + 999) / 1000;
        insert(windows, end++, limits.get(w).window(level.remaining(), seconds));
      }
    }
    return end;
  }

  /** Adds a window to {@code count} others, behind those of which no more permits are left. */
  static void insert(Window[] windows, int count, Window window) {
    int at = count;
    while (at > 0 && window.remaining() < windows[at - 1].remaining()) {
      windows[at] = windows[at - 1];
      at--;
    }
    windows[at] = window;
  }

  private static int times(int cost, int costOfRoute) {
    return (int) Math.min(Integer.MAX_VALUE, (long) cost * costOfRoute);
  }

  private static long millis(long nanos) {
    return (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
  }
}
