package dev.starling.edge;

import dev.starling.policy.guards.GuardSet;
import dev.starling.policy.guards.NodeGuards;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link RouteRules} of one event loop, under the policy in force. Confined to that loop; a
 * look costs a volatile read and one into a table, and a new policy or catalog only makes it anew.
 */
final class RulesByRoute {
  private final NodeGuards guards;
  private final long longestMillis;
  private final RouteTraffic traffic;
  private final Map<Route, RouteRules> byRoute = new IdentityHashMap<>();

  /** Kept from one policy and catalog to the next. */
  private final Map<String, TrafficCounts> counts = new HashMap<>();

  private @Nullable GuardSet set;
  private long catalogVersion;

  RulesByRoute(NodeGuards guards, RouteTraffic traffic, long longestMillis) {
    this.guards = guards;
    this.traffic = traffic;
    this.longestMillis = longestMillis;
  }

  RouteRules of(Route route) {
    GuardSet now = guards.current();
    if (now != set) {
      set = now;
      byRoute.clear();
    }
    RouteRules known = byRoute.get(route);
    if (known == null) {
      known =
          new RouteRules(
              now,
              route,
              counts.computeIfAbsent(route.operation().id(), traffic::count),
              longestMillis);
      byRoute.put(route, known);
    }
    return known;
  }

  /** Forgets the rules of routes that may be gone. */
  void catalogIs(long version) {
    if (version != catalogVersion) {
      catalogVersion = version;
      byRoute.clear();
    }
  }
}
