package dev.starling.policy.guards;

import dev.starling.bus.Priority;
import dev.starling.policy.Policies;
import dev.starling.policy.RoutePolicy;
import dev.starling.policy.admission.Admission;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.admission.Shed;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.degradation.Degradation;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.Dependencies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One policy and everything that stands guard for it.
 *
 * <p>Threading: thread-safe; answers take constant time and allocate nothing. Keep it no longer
 * than it is {@link NodeGuards#current}: bulkheads whose rule is gone are closed.
 */
public final class GuardSet {
  /** As many as {@link Policies} remembers; what is beyond is put together each time. */
  private static final int MAX_ROUTES = 10_000;

  private final Policies policies;
  private final Admission admission;
  private final Degradation degradation;
  private final ShedCounts sheds;
  private final Map<String, ConcurrencyLimiter> limiters;
  private final Map<String, Bulkhead> bulkheads;
  private final Map<String, CircuitBreaker> ofServices = new HashMap<>();
  private final Map<String, CircuitBreaker> ofDependencies = new HashMap<>();
  private final Map<String, List<Bulkhead>> roomOfDependencies = new HashMap<>();
  private final Map<PolicyRoute, RouteGuards> routes = new ConcurrentHashMap<>();

  /**
   * @param limiters the guards by the names of their rules, as are those below; not changed later
   * @param instances the names of those that are the same kind of dependency, by that
   */
  GuardSet(
      Policies policies,
      Admission admission,
      Degradation degradation,
      ShedCounts sheds,
      Map<String, ConcurrencyLimiter> limiters,
      Map<String, Bulkhead> bulkheads,
      Map<String, CircuitBreaker> breakers,
      Map<String, List<String>> instances) {
    this.policies = policies;
    this.admission = admission;
    this.degradation = degradation;
    this.sheds = sheds;
    this.limiters = limiters;
    this.bulkheads = bulkheads;
    for (BreakerRule rule : policies.breakers()) {
      CircuitBreaker breaker = breakers.get(rule.name());
      // Of several rules for one, the first holds.
      if (breaker != null && rule.service() != null) {
        ofServices.putIfAbsent(rule.service(), breaker);
      } else if (breaker != null && rule.dependency() != null) {
        ofDependencies.putIfAbsent(rule.dependency(), breaker);
        for (String instance : instances.getOrDefault(rule.dependency(), List.of())) {
          CircuitBreaker own = breakers.get(rule.of(instance).name());
          if (own != null) {
            ofDependencies.putIfAbsent(Dependencies.instance(rule.dependency(), instance), own);
          }
        }
      }
    }
    for (BulkheadRule rule : policies.file().bulkheads()) {
      Bulkhead bulkhead = bulkheads.get(rule.name());
      if (bulkhead != null && rule.dependency() != null) {
        addRoom(rule.dependency(), bulkhead);
        for (String instance : instances.getOrDefault(rule.dependency(), List.of())) {
          Bulkhead own = bulkheads.get(rule.of(instance).name());
          if (own != null) {
            addRoom(Dependencies.instance(rule.dependency(), instance), own);
          }
        }
      }
    }
  }

  private void addRoom(String dependency, Bulkhead bulkhead) {
    roomOfDependencies.computeIfAbsent(dependency, first -> new ArrayList<>()).add(bulkhead);
  }

  public Policies policies() {
    return policies;
  }

  /** What guards a route; the same object each time. */
  public RouteGuards forRoute(PolicyRoute route) {
    RouteGuards known = routes.get(route);
    if (known != null) {
      return known;
    }
    RoutePolicy policy = policies.forRoute(route);
    RouteGuards made = new RouteGuards(policy, limiters, bulkheads, degradation);
    if (routes.size() >= MAX_ROUTES) {
      return made;
    }
    RouteGuards other = routes.putIfAbsent(route, made);
    return other == null ? made : other;
  }

  /**
   * Whether the node takes on a request.
   *
   * @param limiter of {@link RouteGuards#limiter}; whoever is admitted leaves it, once
   * @return null when it does
   */
  public @Nullable Shed admit(
      @Nullable ConcurrencyLimiter limiter,
      Priority priority,
      RandomGenerator random,
      long nowNanos) {
    return counted(admission.enter(limiter, priority, random, nowNanos), priority);
  }

  /**
   * Whether there is room in its class for one that was admitted before that was known.
   *
   * @param limiter as above
   * @return null when there is
   */
  public @Nullable Shed enterClass(
      @Nullable ConcurrencyLimiter limiter,
      Priority priority,
      RandomGenerator random,
      long nowNanos) {
    return counted(admission.enterClass(limiter, priority, random, nowNanos), priority);
  }

  /**
   * Asks again for one that was admitted and turns out to be worth less.
   *
   * @return null when it may go on; otherwise it must leave the limiter, as one that says nothing
   */
  public @Nullable Shed lower(
      @Nullable ConcurrencyLimiter limiter,
      Priority before,
      Priority priority,
      RandomGenerator random,
      long nowNanos) {
    return counted(admission.lower(limiter, before, priority, random, nowNanos), priority);
  }

  /** Null when no rule names the service. */
  public @Nullable CircuitBreaker breakerOfService(String service) {
    return ofServices.get(service);
  }

  /** Null when no rule names the dependency, one of {@link Dependencies} or an instance. */
  public @Nullable CircuitBreaker breakerOf(String dependency) {
    return ofDependencies.get(dependency);
  }

  /** Those that a call of the dependency must enter, in the order of the file. */
  public List<Bulkhead> bulkheadsOf(String dependency) {
    return roomOfDependencies.getOrDefault(dependency, List.of());
  }

  Collection<RouteGuards> routes() {
    return routes.values();
  }

  Collection<ConcurrencyLimiter> limiters() {
    return limiters.values();
  }

  Collection<Bulkhead> bulkheads() {
    return bulkheads.values();
  }

  private @Nullable Shed counted(@Nullable Shed shed, Priority priority) {
    if (shed != null) {
      sheds.add(shed.guard(), priority);
    }
    return shed;
  }
}
