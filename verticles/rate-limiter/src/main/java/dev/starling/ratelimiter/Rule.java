package dev.starling.ratelimiter;

import dev.starling.policy.rule.Algorithm;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Per;
import dev.starling.policy.rule.Rate;
import dev.starling.policy.rule.Sharing;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule of the policy file, ready to count.
 *
 * <p>Thread-safe: all but the tally is immutable, or worked out again when it is not there.
 */
final class Rule {
  /**
   * Of what a window holds, nodes may keep one part in so many in blocks: 1.6 %, so that at least
   * 98 % can be spent, and no more than 102 % ever is.
   */
  static final int LEASED_PART = 64;

  private final LimitRule spec;
  private final boolean perConsumer;
  private final boolean perTenant;
  private final boolean perRoute;
  private final boolean perIp;
  private final long numbers;
  private final KeyHashes hashes;
  private final List<Limit> limits;
  private final Tally tally;
  private final boolean queue;
  private final long mostOwed;
  private final long shortestWindowNanos;
  private volatile LocalShare localShare;

  /** Its limits divided among so many nodes. */
  private record LocalShare(int nodes, List<Limit> limits) {}

  Rule(LimitRule spec, KeyHashes hashes, Tally tally) {
    this.spec = spec;
    this.hashes = hashes;
    this.tally = tally;
    this.perConsumer = spec.per().contains(Per.CONSUMER);
    this.perTenant = spec.per().contains(Per.TENANT);
    this.perRoute = spec.per().contains(Per.ROUTE);
    this.perIp = spec.per().contains(Per.IP);
    this.numbers = hashes.shared().hash(numbersOf(spec));
    List<Limit> windows = new ArrayList<>();
    for (Rate.Window window : spec.rate().windows()) {
      windows.add(
          limit(window, window.permits(), window.length().toNanos(), spec.burstOf(window), "all"));
    }
    this.limits = List.copyOf(windows);
    this.queue = windows.stream().anyMatch(each -> each.arithmetic().spacingNanos() > 0);
    this.mostOwed =
        queue
            ? 0
            : windows.stream().mapToLong(each -> each.arithmetic().capacity()).min().orElse(0);
    this.shortestWindowNanos =
        spec.rate().windows().stream().mapToLong(each -> each.length().toNanos()).min().orElse(0);
    this.localShare = new LocalShare(0, List.of());
  }

  String name() {
    return spec.name();
  }

  LimitRule spec() {
    return spec;
  }

  boolean perConsumer() {
    return perConsumer;
  }

  boolean perTenant() {
    return perTenant;
  }

  boolean perRoute() {
    return perRoute;
  }

  boolean perIp() {
    return perIp;
  }

  Sharing sharing() {
    return spec.policy();
  }

  /** On trial: it counts and reports, but refuses nothing. */
  boolean isShadow() {
    return spec.shadow();
  }

  /** Whether its calls pass at once or not at all, by what this node knows. */
  boolean isPlain() {
    return spec.policy() == Sharing.LOCAL
        && !spec.shadow()
        && spec.algorithm() != Algorithm.LEAKY_BUCKET;
  }

  /** A hash of all that its buckets depend on, the same on every node. */
  long numbers() {
    return numbers;
  }

  List<Limit> limits() {
    return limits;
  }

  Tally tally() {
    return tally;
  }

  /**
   * What a node may owe of it: what the smallest of its windows holds. Of a queue nothing, since
   * turns that are paid back would make others wait for nobody.
   */
  long mostOwed() {
    return mostOwed;
  }

  long shortestWindowNanos() {
    return shortestWindowNanos;
  }

  /** Whether a call of this cost can ever pass. */
  boolean holds(int cost) {
    for (Limit limit : limits) {
      if (!limit.arithmetic().holds(cost)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The most permits that one of so many nodes keeps for later; 0 when that is not worth it, so
   * that each call asks.
   */
  int largestBlock(int nodes) {
    if (queue) {
      return 0; // whoever kept turns in a queue would make others wait for nothing
    }
    long least = Long.MAX_VALUE;
    for (Limit limit : limits) {
      least = Math.min(least, Math.min(limit.quota(), limit.arithmetic().capacity()));
    }
    long block = least / LEASED_PART / nodes;
    return block < 2 ? 0 : (int) block;
  }

  /** What this node may let pass by itself while what it shares with others cannot be asked. */
  List<Limit> localShare(int nodes) {
    LocalShare known = localShare;
    if (known.nodes != nodes) {
      known = new LocalShare(nodes, divide(nodes));
      localShare = known;
    }
    return known.limits;
  }

  private List<Limit> divide(int nodes) {
    List<Limit> divided = new ArrayList<>();
    for (Rate.Window window : spec.rate().windows()) {
      long permits = window.permits() / nodes;
      long nanos = window.length().toNanos();
      long burst = Math.max(1, spec.burstOf(window) / nodes);
      if (permits == 0) {
        // Less than one for each: one in a longer window.
        permits = 1;
        burst = 1;
        nanos = Math.min(Gcra.MAX_FILL_NANOS, nanos * ((nodes - 1) / window.permits() + 1));
      }
      divided.add(limit(window, permits, nanos, burst, "share"));
    }
    return List.copyOf(divided);
  }

  private Limit limit(Rate.Window window, long permits, long nanos, long burst, String salt) {
    String name = spec.windowName(window);
    return new Limit(
        name,
        window.permits(),
        (int) window.length().toSeconds(),
        hashes.window().hash(salt + " " + name) ^ numbers,
        switch (spec.algorithm()) {
          case TOKEN_BUCKET -> TokenBucket.of(permits, nanos, burst);
          case LEAKY_BUCKET -> LeakyBucket.of(permits, nanos, maxDelayNanos());
          case FIXED_WINDOW -> new FixedWindow(permits, nanos);
          case SLIDING_WINDOW -> new SlidingWindow(permits, nanos);
        });
  }

  /** Of a leaky bucket; 0 of any other. */
  long maxDelayNanos() {
    return spec.maxDelay() == null ? 0 : spec.maxDelay().toNanos();
  }

  private static String numbersOf(LimitRule spec) {
    return spec.name()
        + spec.per()
        + spec.algorithm()
        + spec.rate().windows()
        + spec.burst()
        + spec.maxDelay();
  }
}
