package dev.starling.policy;

import dev.starling.bus.Priority;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.CostRule;
import dev.starling.policy.rule.DeadlineRule;
import dev.starling.policy.rule.DegradationRule;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.PriorityRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a policy says about one route, worked out once. Immutable.
 *
 * <p>Of {@code limits}, {@code bulkheads} and {@code degradation} all rules that match hold, of the
 * others the first. Whoever asks about rules that are not dynamic may pass {@link Caller#UNKNOWN}.
 */
public record RoutePolicy(
    PolicyRoute route,
    RuleSet<LimitRule> limits,
    RuleSet<CostRule> costs,
    RuleSet<BulkheadRule> bulkheads,
    RuleSet<CacheRule> caches,
    RuleSet<DeadlineRule> deadlines,
    RuleSet<PriorityRule> priorities,
    RuleSet<ConcurrencyRule> concurrency,
    RuleSet<DegradationRule> degradation) {

  /** Whether the caller makes a difference to any of it but limits and costs. */
  public boolean callersDiffer() {
    return bulkheads.isDynamic()
        || caches.isDynamic()
        || deadlines.isDynamic()
        || priorities.isDynamic()
        || concurrency.isDynamic()
        || degradation.isDynamic();
  }

  /** The limits that must have room for a call. */
  public List<LimitRule> limits(Caller caller) {
    return limits.all(caller);
  }

  /** The permits that a call takes from each of them. */
  public int cost(Caller caller) {
    CostRule rule = costs.first(caller);
    return rule == null ? 1 : rule.cost();
  }

  public List<BulkheadRule> bulkheads(Caller caller) {
    return bulkheads.all(caller);
  }

  public @Nullable CacheRule cache(Caller caller) {
    return caches.first(caller);
  }

  public @Nullable DeadlineRule deadline(Caller caller) {
    return deadlines.first(caller);
  }

  public @Nullable ConcurrencyRule concurrency(Caller caller) {
    return concurrency.first(caller);
  }

  public List<DegradationRule> degradation(Caller caller) {
    return degradation.all(caller);
  }

  /**
   * @param declared what the operation declares, which holds where no rule says otherwise
   */
  public Priority priority(Caller caller, Priority declared) {
    PriorityRule rule = priorities.first(caller);
    return rule == null ? declared : rule.priority();
  }

  /** The best that any caller could have, for as long as it is not known who calls. */
  public Priority bestPriority(Priority declared) {
    Priority best = priorities.isExhaustive() ? Priority.SHEDDABLE : declared;
    for (PriorityRule rule : priorities.possible()) {
      best = rule.priority().compareTo(best) < 0 ? rule.priority() : best;
    }
    return best;
  }
}
