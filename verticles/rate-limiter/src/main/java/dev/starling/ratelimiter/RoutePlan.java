package dev.starling.ratelimiter;

import java.util.List;

/**
 * What counts for the calls of one operation, worked out once.
 *
 * <p>Immutable.
 *
 * @param policies those with a window that apply to the operation
 * @param windows how many windows they have together
 * @param routeHash the operation's id as part of a key
 */
record RoutePlan(
    List<LimitPolicy> policies, int windows, long routeHash, boolean byConsumer, boolean byIp) {

  RoutePlan {
    policies = List.copyOf(policies);
  }

  static RoutePlan of(List<LimitPolicy> all, String route, long routeHash) {
    List<LimitPolicy> policies =
        all.stream()
            .filter(policy -> !policy.limits().isEmpty() && policy.appliesTo(route))
            .toList();
    return new RoutePlan(
        policies,
        policies.stream().mapToInt(policy -> policy.limits().size()).sum(),
        routeHash,
        policies.stream().anyMatch(LimitPolicy::perConsumer),
        policies.stream().anyMatch(LimitPolicy::perIp));
  }
}
