package dev.starling.policy.file;

import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.CostRule;
import dev.starling.policy.rule.DeadlineRule;
import dev.starling.policy.rule.DegradationRule;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.PriorityRule;
import dev.starling.policy.rule.SheddingRule;
import dev.starling.policy.rule.TierRule;
import java.util.List;

/** What a policy file says, section by section. Immutable. */
public record PolicyFile(
    List<TierRule> tiers,
    List<LimitRule> limits,
    List<CostRule> costs,
    List<BulkheadRule> bulkheads,
    List<BreakerRule> breakers,
    List<CacheRule> caches,
    List<DeadlineRule> deadlines,
    List<PriorityRule> priorities,
    List<ConcurrencyRule> concurrency,
    SheddingRule shedding,
    List<DegradationRule> degradation) {
  /** What a file without a single rule says. */
  public static final PolicyFile EMPTY =
      new PolicyFile(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          SheddingRule.defaults(),
          List.of());

  public PolicyFile {
    tiers = List.copyOf(tiers);
    limits = List.copyOf(limits);
    costs = List.copyOf(costs);
    bulkheads = List.copyOf(bulkheads);
    breakers = List.copyOf(breakers);
    caches = List.copyOf(caches);
    deadlines = List.copyOf(deadlines);
    priorities = List.copyOf(priorities);
    concurrency = List.copyOf(concurrency);
    degradation = List.copyOf(degradation);
  }
}
