package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.Policies;
import dev.starling.policy.RoutePolicy;
import dev.starling.policy.match.Caller;
import dev.starling.policy.rule.LimitRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What counts for the calls of one route, worked out once for each policy.
 *
 * <p>Immutable.
 */
final class RoutePlan {
  private final Policies policies;
  private final RoutePolicy route;
  private final Map<String, Rule> byName;
  private final List<Rule> rules;
  private final Rule[] plainRules;
  private final Rule[] ruleOfWindow;
  private final boolean plain;
  private final boolean dynamic;
  private final int cost;
  private final long routeHash;
  private final boolean byConsumer;
  private final boolean byTenant;
  private final boolean byIp;

  /**
   * @param byName every rule of the policy
   * @param routeHash the operation's id as part of a key
   */
  RoutePlan(Policies policies, RoutePolicy route, Map<String, Rule> byName, long routeHash) {
    this.policies = policies;
    this.route = route;
    this.byName = byName;
    this.rules = List.copyOf(rules(route.limits().possible()));
    this.dynamic = route.limits().isDynamic() || route.costs().isDynamic();
    this.plain = !dynamic && rules.stream().allMatch(Rule::isPlain);
    this.plainRules = rules.toArray(Rule[]::new);
    this.ruleOfWindow =
        rules.stream()
            .flatMap(rule -> rule.limits().stream().map(limit -> rule))
            .toArray(Rule[]::new);
    this.cost = dynamic ? 0 : route.cost(Caller.UNKNOWN);
    this.routeHash = routeHash;
    this.byConsumer = rules.stream().anyMatch(Rule::perConsumer);
    this.byTenant = rules.stream().anyMatch(Rule::perTenant);
    this.byIp = rules.stream().anyMatch(Rule::perIp);
  }

  boolean isOf(Spend call) {
    return route.route().path().equals(call.path()) && route.route().method().equals(call.method());
  }

  /** Whether no caller at all is limited. */
  boolean isEmpty() {
    return rules.isEmpty();
  }

  /**
   * Whether all that counts are buckets of this node, which let calls pass at once or not at all.
   */
  boolean isPlain() {
    return plain;
  }

  /** The rules of a plain plan. */
  Rule[] plainRules() {
    return plainRules;
  }

  /** How many windows they have together. */
  int windows() {
    return ruleOfWindow.length;
  }

  /** The rule that one of these windows is of. */
  Rule ruleOf(int window) {
    return ruleOfWindow[window];
  }

  /** Whether the caller makes a difference. */
  boolean isDynamic() {
    return dynamic;
  }

  Caller caller(Spend call) {
    return policies.caller(call.consumer(), call.tenant(), call.tier(), call.clientAddress());
  }

  /** The rules that hold for a caller; whoever it is, unless the plan is dynamic. */
  List<Rule> rules(Caller caller) {
    return route.limits().isDynamic() ? rules(route.limits(caller)) : rules;
  }

  /** How many permits a call takes. */
  int cost(Caller caller) {
    return dynamic ? route.cost(caller) : cost;
  }

  long routeHash() {
    return routeHash;
  }

  boolean byConsumer() {
    return byConsumer;
  }

  boolean byTenant() {
    return byTenant;
  }

  boolean byIp() {
    return byIp;
  }

  private List<Rule> rules(List<LimitRule> specs) {
    List<Rule> found = new ArrayList<>(specs.size());
    for (LimitRule spec : specs) {
      Rule rule = byName.get(spec.name());
      if (rule != null) {
        found.add(rule);
      }
    }
    return found;
  }
}
