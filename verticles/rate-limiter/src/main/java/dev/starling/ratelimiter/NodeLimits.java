package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.Policies;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.LimitRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one node: the rules in force, the one table in which all its limiters count, and
 * what they have borrowed.
 *
 * <p>Thread-safe. {@link #use} puts other rules into force; buckets and leases of a rule whose name
 * and numbers stay the same go on as they are.
 */
final class NodeLimits {
  /** Routes are operation ids, but who sends them is not known here: no more are remembered. */
  private static final int MAX_PLANS = 4096;

  private static final int MAX_REMEMBERED_ROUTE = 128;

  /** A lease takes about eight times as much memory as a bucket. */
  private static final int KEYS_PER_LEASE = 8;

  private final boolean enabled;
  private final KeyHashes hashes;
  private final BucketTable table;
  private final LeaseBook leases;
  private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
  private volatile InForce inForce;

  /** One policy, with what was worked out from it. */
  private record InForce(
      Policies policies,
      List<Rule> rules,
      Map<String, Rule> byName,
      Map<String, RoutePlan> plans) {}

  /**
   * @param random its numbers must be unpredictable to clients
   */
  NodeLimits(RateLimiterConfig config, Policies policies, RandomGenerator random) {
    this.enabled = config.enabled();
    this.hashes = KeyHashes.of(random, config.ipv6Prefix());
    this.table = new BucketTable(config.maxKeys());
    this.leases = new LeaseBook(config.maxKeys() / KEYS_PER_LEASE);
    this.inForce = compile(policies);
  }

  KeyHashes hashes() {
    return hashes;
  }

  List<Rule> rules() {
    return inForce.rules;
  }

  /** The rule of this name and these numbers; null when there is none. */
  @Nullable Rule rule(String name, long numbers) {
    Rule rule = inForce.byName.get(name);
    return rule != null && rule.numbers() == numbers ? rule : null;
  }

  BucketTable table() {
    return table;
  }

  LeaseBook leases() {
    return leases;
  }

  /** Puts other rules into force. */
  void use(Policies policies) {
    if (policies != inForce.policies) {
      inForce = compile(policies);
    }
  }

  RoutePlan planOf(Spend call) {
    InForce now = inForce;
    RoutePlan known = now.plans.get(call.operation());
    if (known != null && known.isOf(call)) {
      return known;
    }
    // Whether a route is open makes no difference: there a caller has no identity to compare.
    PolicyRoute route = new PolicyRoute(call.method(), call.path(), call.operation(), false);
    RoutePlan plan =
        new RoutePlan(
            now.policies,
            now.policies.forRoute(route),
            now.byName,
            hashes.route().hash(call.operation()));
    boolean memorable =
        call.operation().length() <= MAX_REMEMBERED_ROUTE && now.plans.size() < MAX_PLANS;
    if (memorable && known == null) {
      now.plans.put(call.operation(), plan);
    }
    return plan;
  }

  /** What this node has borrowed of a rule for a key. */
  Lease leaseOf(Rule rule, long key, Supplier<String> text) {
    return leases.of(rule, key, text, hashes.consumer());
  }

  private InForce compile(Policies policies) {
    List<Rule> rules = new ArrayList<>();
    Map<String, Rule> byName = new HashMap<>();
    for (LimitRule spec : enabled ? policies.limits() : List.<LimitRule>of()) {
      if (!spec.rate().isOff()) {
        Rule rule = new Rule(spec, hashes, tallies.computeIfAbsent(spec.name(), Tally::of));
        rules.add(rule);
        byName.put(spec.name(), rule);
      }
    }
    tallies.keySet().retainAll(byName.keySet());
    return new InForce(policies, List.copyOf(rules), Map.copyOf(byName), new ConcurrentHashMap<>());
  }
}
