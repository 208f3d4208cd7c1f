package dev.starling.edge;

import dev.starling.policy.PolicySource;
import dev.starling.policy.cache.CacheAnswer.Source;
import dev.starling.policy.cache.ResponseCache;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.CacheRule.Store;
import dev.starling.policy.rule.Words;
import dev.starling.redis.Redis;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers that this node keeps, a cache for each rule of the policy in force. All rules have
 * the same share of the memory, so a policy with more or fewer of them begins with empty caches;
 * another one leaves the caches of rules that stay the same as they are.
 *
 * <p>Thread-safe; to find a cache costs a volatile read and a look into a map. Caches are made by
 * the thread that replaces the policy, not by event loops: it takes longer than those may.
 */
final class AnswerCaches {
  private final NodeScope node;
  private final PolicySource policies;
  private final int maxBytes;
  private final MeterRegistry meters;

  /** Never changed once it is here. */
  private volatile Map<CacheRule, Kept> caches = Map.of();

  private record Kept(ResponseCache<CallResult> cache, List<Meter> meters) {}

  /**
   * @param maxBytes how much memory all answers may take
   */
  AnswerCaches(NodeScope node, int maxBytes) {
    this.node = node;
    this.policies = node.resource(PolicySource.class);
    this.maxBytes = maxBytes;
    this.meters = node.meters();
  }

  /**
   * Makes the caches of the policy in force, and from then on those of each that comes into force,
   * for as long as there is a node. Blocks.
   */
  AnswerCaches start() {
    policies.onChange(next -> change());
    change();
    return this;
  }

  /**
   * The cache of a rule; null when the rule is not in force any more, or has come into force only
   * now.
   */
  @Nullable ResponseCache<CallResult> of(CacheRule rule) {
    Kept kept = caches.get(rule);
    return kept == null ? null : kept.cache;
  }

  private synchronized void change() {
    List<CacheRule> rules = policies.current().file().caches();
    boolean sameShare = rules.size() == caches.size();
    Map<CacheRule, Kept> gone = new HashMap<>(caches);
    Map<CacheRule, Kept> after = new HashMap<>();
    for (CacheRule rule : rules) {
      if (sameShare && gone.containsKey(rule)) {
        after.put(rule, gone.remove(rule));
      }
    }
    // What goes is not shown any more before another of its name is.
    gone.values().forEach(kept -> kept.meters.forEach(meters::remove));
    for (CacheRule rule : rules) {
      after.computeIfAbsent(rule, made -> make(made, maxBytes / rules.size()));
    }
    caches = after;
  }

  private Kept make(CacheRule rule, int share) {
    ResponseCache<CallResult> cache =
        new ResponseCache<>(
            rule, Math.max(1, share), CachedAnswers::bytes, sharedBy(rule), System::nanoTime);
    List<Meter> shown = new ArrayList<>();
    for (Source source : Source.values()) {
      shown.add(
          FunctionCounter.builder("edge.cache.answers", cache, counted -> counted.given(source))
              .description("Answers under a rule of caches, by where they came from")
              .tag("cache", rule.name())
              .tag("source", Words.of(source))
              .register(meters));
    }
    shown.add(
        Gauge.builder("edge.cache.entries", cache, ResponseCache::size)
            .description("Answers that are kept under a rule of caches")
            .tag("cache", rule.name())
            .register(meters));
    return new Kept(cache, shown);
  }

  /** Where nodes share the answers; null for a rule that does not, or on a node without Redis. */
  private @Nullable RedisAnswers sharedBy(CacheRule rule) {
    return rule.store() == Store.REDIS
        ? node.find(Redis.class)
            .map(redis -> new RedisAnswers(redis, rule, node.clock()))
            .orElse(null)
        : null;
  }
}
