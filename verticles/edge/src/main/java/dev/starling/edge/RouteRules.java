package dev.starling.edge;

import dev.starling.bus.Principal;
import dev.starling.bus.Priority;
import dev.starling.policy.RoutePolicy;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.guards.GuardSet;
import dev.starling.policy.guards.RouteGuards;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.DeadlineRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one policy says about one route, and what guards it, worked out once for each event loop.
 * Immutable; where no rule looks at callers, to ask it allocates nothing.
 */
final class RouteRules {
  private final Route route;
  private final GuardSet guards;
  private final RouteGuards routeGuards;
  private final RoutePolicy policy;
  private final @Nullable CircuitBreaker breaker;
  private final TrafficCounts traffic;
  private final boolean callersDiffer;
  private final Priority best;
  private final long declaredMillis;
  private final long longestMillis;

  /**
   * @param traffic where requests of the route are counted
   * @param longestMillis no operation gets more time than this, whatever the rules say
   */
  RouteRules(GuardSet guards, Route route, TrafficCounts traffic, long longestMillis) {
    this.traffic = traffic;
    this.route = route;
    this.guards = guards;
    this.routeGuards = guards.forRoute(PolicyRoute.of(route.operation()));
    this.policy = routeGuards.policy();
    this.breaker = guards.breakerOfService(route.service());
    this.callersDiffer = policy.callersDiffer();
    this.best = policy.bestPriority(route.operation().priority());
    this.longestMillis = longestMillis;
    this.declaredMillis = Math.min(route.operation().deadlineMillis(), longestMillis);
  }

  GuardSet guards() {
    return guards;
  }

  TrafficCounts traffic() {
    return traffic;
  }

  /** Whether nothing more can be learned once the caller has signed in. */
  boolean isSettledAtOnce() {
    return !callersDiffer || route.operation().open();
  }

  /**
   * Somebody who calls, as far as rules care.
   *
   * @param principal as it is known by now
   */
  Caller caller(Principal principal, String address) {
    return callersDiffer
        ? guards
            .policies()
            .caller(principal.subject(), principal.tenant(), principal.tier(), address)
        : Caller.UNKNOWN;
  }

  /** What a request is worth before its sender is known: the best that any could have. */
  Priority bestPriority() {
    return routeGuards.degraded(Caller.UNKNOWN, best);
  }

  Priority priority(Caller caller) {
    return routeGuards.degraded(caller, policy.priority(caller, route.operation().priority()));
  }

  /**
   * How long the operation may take.
   *
   * @param clientSays whether the client says how long it waits
   */
  long allowedMillis(Caller caller, boolean clientSays) {
    DeadlineRule rule = policy.deadline(caller);
    if (rule == null) {
      return declaredMillis;
    }
    long most =
        rule.max() == null ? declaredMillis : Math.min(rule.max().toMillis(), longestMillis);
    return clientSays || rule.byDefault() == null
        ? most
        : Math.min(most, rule.byDefault().toMillis());
  }

  /** What says how long that is, for whoever was too slow. */
  String deadlineName(Caller caller) {
    return policy.deadline(caller) == null ? "operation" : "deadlines";
  }

  /** The limit on calls in flight of the route's class; null when it is of none. */
  @Nullable ConcurrencyLimiter limiter(Caller caller) {
    return routeGuards.limiter(caller);
  }

  /**
   * The same for a request whose sender is not known yet: none where it depends on the sender, so
   * that nobody is refused for the sake of a class that is not theirs.
   */
  @Nullable ConcurrencyLimiter limiterAtOnce(Caller caller) {
    return isSettledAtOnce() || !policy.concurrency().isDynamic() ? limiter(caller) : null;
  }

  /** Whether a call has more before it than the bus. */
  boolean isGuarded() {
    return breaker != null || !policy.bulkheads().isEmpty();
  }

  List<Bulkhead> bulkheads(Caller caller) {
    return routeGuards.bulkheads(caller);
  }

  @Nullable CircuitBreaker breaker() {
    return breaker;
  }

  /** Under which rule answers are kept; null when they are not. */
  @Nullable CacheRule cache(Caller caller) {
    return policy.caches().isEmpty() ? null : policy.cache(caller);
  }

  @Override
  public String toString() {
    return route + " under policy " + guards.policies().version();
  }
}
