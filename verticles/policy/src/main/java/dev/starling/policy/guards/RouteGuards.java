package dev.starling.policy.guards;

import dev.starling.bus.Priority;
import dev.starling.policy.RoutePolicy;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.degradation.Degradation;
import dev.starling.policy.degradation.Lowering;
import dev.starling.policy.match.Caller;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.ConcurrencyRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What guards one route under one policy. Thread-safe; where no rule looks at callers, asking it
 * costs reads.
 */
public final class RouteGuards {
  private final RoutePolicy policy;
  private final Map<String, ConcurrencyLimiter> limiters;
  private final Map<String, Bulkhead> bulkheads;
  private final Degradation degradation;

  /** For every caller alike; unused when the caller makes a difference. */
  private final @Nullable ConcurrencyLimiter limiter;

  private final List<Bulkhead> room;

  RouteGuards(
      RoutePolicy policy,
      Map<String, ConcurrencyLimiter> limiters,
      Map<String, Bulkhead> bulkheads,
      Degradation degradation) {
    this.policy = policy;
    this.limiters = limiters;
    this.bulkheads = bulkheads;
    this.degradation = degradation;
    this.limiter = find(policy.concurrency(Caller.UNKNOWN));
    this.room = List.copyOf(find(policy.bulkheads(Caller.UNKNOWN)));
  }

  public RoutePolicy policy() {
    return policy;
  }

  /** The limit on concurrency of the route's class; null when it is of none. */
  public @Nullable ConcurrencyLimiter limiter(Caller caller) {
    return policy.concurrency().isDynamic() ? find(policy.concurrency(caller)) : limiter;
  }

  /** Those that a call must enter, in the order of the file. */
  public List<Bulkhead> bulkheads(Caller caller) {
    return policy.bulkheads().isDynamic() ? find(policy.bulkheads(caller)) : room;
  }

  /** What a priority is worth now, while some may be degraded. */
  public Priority degraded(Caller caller, Priority priority) {
    List<Lowering> inForce = degradation.inForce();
    if (inForce.isEmpty() || policy.degradation().isEmpty()) {
      return priority;
    }
    int ranks = 0;
    for (Lowering lowering : inForce) {
      if (policy.degradation(caller).contains(lowering.rule())) {
        ranks += lowering.ranks();
      }
    }
    return Lowering.lower(priority, ranks);
  }

  private @Nullable ConcurrencyLimiter find(@Nullable ConcurrencyRule rule) {
    return rule == null ? null : limiters.get(rule.name());
  }

  private List<Bulkhead> find(List<BulkheadRule> rules) {
    List<Bulkhead> found = new ArrayList<>(rules.size());
    for (BulkheadRule rule : rules) {
      Bulkhead bulkhead = bulkheads.get(rule.name());
      if (bulkhead != null) {
        found.add(bulkhead);
      }
    }
    return found;
  }
}
