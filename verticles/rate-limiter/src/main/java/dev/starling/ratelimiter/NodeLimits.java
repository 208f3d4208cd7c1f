package dev.starling.ratelimiter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The limits of one node: its policies and the one table in which all its limiters count.
 *
 * <p>Thread-safe.
 */
final class NodeLimits {
  /** Routes are operation ids, but who sends them is not known here: no more are remembered. */
  private static final int MAX_PLANS = 4096;

  private static final int MAX_REMEMBERED_ROUTE = 128;

  private final KeyHashes hashes;
  private final List<LimitPolicy> policies;
  private final BucketTable table;
  private final Map<String, RoutePlan> plans = new ConcurrentHashMap<>();

  /**
   * @param random its numbers must be unpredictable to clients
   */
  NodeLimits(RateLimiterConfig config, RandomGenerator random) {
    this.hashes = KeyHashes.of(random, config.ipv6Prefix());
    this.table = new BucketTable(config.maxKeys());
    List<PolicyConfig> used = config.enabled() ? config.policies() : List.of();
    this.policies = used.stream().map(this::policy).toList();
  }

  KeyHashes hashes() {
    return hashes;
  }

  List<LimitPolicy> policies() {
    return policies;
  }

  BucketTable table() {
    return table;
  }

  RoutePlan planOf(String route) {
    RoutePlan known = plans.get(route);
    if (known != null) {
      return known;
    }
    RoutePlan plan = RoutePlan.of(policies, route, hashes.route().hash(route));
    if (route.length() <= MAX_REMEMBERED_ROUTE && plans.size() < MAX_PLANS) {
      plans.put(route, plan);
    }
    return plan;
  }

  private LimitPolicy policy(PolicyConfig config) {
    List<Limit> limits = new ArrayList<>();
    for (WindowConfig window : config.windows()) {
      String name = config.windowName(window);
      limits.add(
          new Limit(
              name,
              window.quota(),
              (int) window.window().toSeconds(),
              hashes.window().hash(name),
              window.gcra()));
    }
    return new LimitPolicy(
        config.name(),
        config.per(),
        config.routes().stream().map(RoutePattern::new).toList(),
        limits);
  }
}
