package dev.starling.policy;

import dev.starling.policy.Explanation.Finding;
import dev.starling.policy.Explanation.Part;
import dev.starling.policy.Explanation.Verdict;
import dev.starling.policy.file.PolicyFile;
import dev.starling.policy.file.RuleText;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.Matcher;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Matched;
import dev.starling.policy.rule.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Goes through the rules of a policy for one call. Used once. */
final class Explainer {
  private final Policies policies;
  private final PolicyRoute route;
  private final Caller caller;

  Explainer(Policies policies, PolicyRoute route, Caller caller) {
    this.policies = policies;
    this.route = route;
    this.caller = caller;
  }

  Explanation explain() {
    PolicyFile file = policies.file();
    return new Explanation(
        route,
        caller,
        policies.version(),
        List.of(
            all("limits", policies.limits(), this::limitMismatch),
            first("costs", file.costs(), this::mismatch),
            all("bulkheads", file.bulkheads(), this::bulkheadMismatch),
            all("breakers", file.breakers(), this::breakerMismatch),
            first("caches", file.caches(), this::cacheMismatch),
            first("deadlines", file.deadlines(), this::mismatch),
            first("priorities", file.priorities(), this::mismatch),
            first("concurrency", file.concurrency(), this::mismatch),
            all("degradation", file.degradation(), this::mismatch)));
  }

  private static <T extends Record> Part all(
      String section, List<T> rules, Function<T, @Nullable String> why) {
    return part(section, rules, why, false);
  }

  private static <T extends Record> Part first(
      String section, List<T> rules, Function<T, @Nullable String> why) {
    return part(section, rules, why, true);
  }

  private static <T extends Record> Part part(
      String section, List<T> rules, Function<T, @Nullable String> why, boolean firstWins) {
    List<Finding> findings = new ArrayList<>();
    String winner = null;
    for (int i = 0; i < rules.size(); i++) {
      T rule = rules.get(i);
      String name = rule instanceof Named named ? named.name() : section + "[" + i + "]";
      String mismatch = why.apply(rule);
      if (mismatch != null) {
        findings.add(new Finding(name, Verdict.DOES_NOT_APPLY, mismatch));
      } else if (winner != null) {
        findings.add(new Finding(name, Verdict.HIDDEN, winner + " comes first"));
      } else {
        findings.add(new Finding(name, Verdict.HOLDS, RuleText.of(rule)));
        winner = firstWins ? name : null;
      }
    }
    return new Part(section, findings);
  }

  private <T extends Matched> @Nullable String mismatch(T rule) {
    return mismatch(rule.match());
  }

  private @Nullable String mismatch(Match match) {
    Matcher matcher = Matcher.of(match);
    String ofRoute = matcher.mismatch(route);
    return ofRoute != null ? ofRoute : matcher.mismatch(caller);
  }

  private @Nullable String limitMismatch(LimitRule rule) {
    return rule.rate().isOff() ? "rate: {} (it is off)" : mismatch(rule.match());
  }

  private @Nullable String cacheMismatch(CacheRule rule) {
    return Policies.cacheMismatch(rule, mismatch(rule.match()), route);
  }

  private @Nullable String bulkheadMismatch(BulkheadRule rule) {
    Match match = rule.match();
    return match == null
        ? "dependency: %s (it guards that, whatever the route)".formatted(rule.dependency())
        : mismatch(match);
  }

  private @Nullable String breakerMismatch(BreakerRule rule) {
    String service = rule.service();
    if (service == null) {
      return "dependency: %s (it guards that, whatever the route)".formatted(rule.dependency());
    }
    return route.operation().startsWith(service + ".") ? null : "service: " + service;
  }
}
