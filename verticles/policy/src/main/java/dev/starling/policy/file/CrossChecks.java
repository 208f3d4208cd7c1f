package dev.starling.policy.file;

import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Named;
import dev.starling.policy.rule.Rate;
import dev.starling.policy.rule.TierRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What no rule can see alone: names and subjects that two of them claim. */
final class CrossChecks {
  private final List<String> mistakes = new ArrayList<>();

  private CrossChecks() {}

  static List<String> of(PolicyFile file) {
    CrossChecks checks = new CrossChecks();
    checks.names("tiers", file.tiers());
    checks.names("limits", file.limits());
    checks.names("bulkheads", file.bulkheads());
    checks.names("breakers", file.breakers());
    checks.names("caches", file.caches());
    checks.names("concurrency", file.concurrency());
    checks.names("degradation", file.degradation());
    checks.members(file.tiers());
    checks.windows(file.limits());
    checks.targets(file.breakers());
    return checks.mistakes;
  }

  private void names(String section, List<? extends Named> rules) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      String name = rules.get(i).name();
      Integer before = first.putIfAbsent(name, i);
      if (before != null) {
        add(section, i, name, "name", "that of %s[%d] too".formatted(section, before), "each once");
      }
    }
  }

  private void members(List<TierRule> tiers) {
    Map<String, String> tierOf = new HashMap<>();
    for (int i = 0; i < tiers.size(); i++) {
      TierRule tier = tiers.get(i);
      for (String consumer : tier.consumers()) {
        String other = tierOf.putIfAbsent("consumer " + consumer, tier.name());
        if (other != null && !other.equals(tier.name())) {
          add("tiers", i, tier.name(), "consumers", consumer + " of " + other + " too", "one tier");
        }
      }
      for (String tenant : tier.tenants()) {
        String other = tierOf.putIfAbsent("tenant " + tenant, tier.name());
        if (other != null && !other.equals(tier.name())) {
          add("tiers", i, tier.name(), "tenants", tenant + " of " + other + " too", "one tier");
        }
      }
    }
  }

  /** Clients tell windows apart by their names alone. */
  private void windows(List<LimitRule> limits) {
    Map<String, String> ruleOf = new HashMap<>();
    ShippedLimits.besides(limits).forEach(shipped -> claim(ruleOf, shipped));
    for (int i = 0; i < limits.size(); i++) {
      LimitRule limit = limits.get(i);
      for (Rate.Window window : limit.rate().windows()) {
        String name = limit.windowName(window);
        String other = ruleOf.putIfAbsent(name, limit.name());
        if (other != null && !other.equals(limit.name())) {
          add(
              "limits",
              i,
              limit.name(),
              "name",
              "'%s' names a window of '%s' too".formatted(name, other),
              "no limit named like a window of another");
        }
      }
    }
  }

  private static void claim(Map<String, String> ruleOf, LimitRule limit) {
    limit.rate().windows().forEach(window -> ruleOf.put(limit.windowName(window), limit.name()));
  }

  private void targets(List<BreakerRule> breakers) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < breakers.size(); i++) {
      BreakerRule breaker = breakers.get(i);
      boolean isService = breaker.service() != null;
      String key = isService ? "service" : "dependency";
      String target = String.valueOf(isService ? breaker.service() : breaker.dependency());
      Integer before = first.putIfAbsent(key + " " + target, i);
      if (before != null) {
        add(
            "breakers",
            i,
            breaker.name(),
            key,
            "%s of breakers[%d] too".formatted(target, before),
            "one breaker for each");
      }
    }
  }

  private void add(
      String section, int index, String name, String key, String value, String expected) {
    mistakes.add(
        "%s[%d] '%s': %s: %s (expected: %s)".formatted(section, index, name, key, value, expected));
  }
}
