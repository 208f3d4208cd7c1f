package dev.starling.cluster;

import dev.starling.policy.Policies;
import dev.starling.policy.file.PolicyFile;
import dev.starling.policy.match.Matcher;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.Condition;
import dev.starling.policy.rule.DegradationRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Matched;
import dev.starling.policy.rule.Named;
import java.util.ArrayList;
import java.util.List;

/**
 * What in a valid policy cannot do anything, given the routes that are known here. No mistakes:
 * other nodes may have other verticles.
 */
final class PolicyDoubts {
  private final List<PolicyRoute> routes;
  private final List<String> doubts = new ArrayList<>();

  private PolicyDoubts(List<PolicyRoute> routes) {
    this.routes = routes;
  }

  static List<String> of(Policies policies, List<PolicyRoute> routes) {
    PolicyDoubts found = new PolicyDoubts(routes);
    PolicyFile file = policies.file();
    found.matched("limits", file.limits());
    found.matched("costs", file.costs());
    found.bulkheads(file.bulkheads());
    found.caches(file.caches());
    found.matched("deadlines", file.deadlines());
    found.matched("priorities", file.priorities());
    found.matched("concurrency", file.concurrency());
    found.matched("degradation", file.degradation());
    found.signals(file.degradation());
    return found.doubts;
  }

  private void matched(String section, List<? extends Matched> rules) {
    for (int i = 0; i < rules.size(); i++) {
      Matched rule = rules.get(i);
      match(place(section, i, rule), rule.match());
    }
  }

  private void bulkheads(List<BulkheadRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      Match match = rules.get(i).match();
      if (match != null) {
        match(place("bulkheads", i, rules.get(i)), match);
      }
    }
  }

  private void match(String place, Match match) {
    Matcher matcher = Matcher.of(match);
    if (routes.stream().noneMatch(route -> matcher.mismatch(route) == null)) {
      doubts.add(place + ": match: no operation that is known here");
    }
  }

  private void caches(List<CacheRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      CacheRule rule = rules.get(i);
      String place = place("caches", i, rule);
      match(place, rule.match());
      Matcher matcher = Matcher.of(rule.match());
      routes.stream()
          .filter(route -> route.method().equals("GET") && matcher.mismatch(route) == null)
          .filter(route -> !rule.keepsSecrets(route.open()))
          .forEach(
              route ->
                  doubts.add(
                      "%s: vary: %s is not cached (expected: consumer or tenant, or shared: true)"
                          .formatted(place, route.operation())));
    }
  }

  private void signals(List<DegradationRule> rules) {
    for (int i = 0; i < rules.size(); i++) {
      Condition when = rules.get(i).when();
      boolean known =
          when.operation().isEmpty()
              || routes.stream().anyMatch(route -> route.operation().equals(when.operation()));
      if (!known) {
        doubts.add(
            "%s: when: %s is no operation that is known here"
                .formatted(place("degradation", i, rules.get(i)), when.operation()));
      }
    }
  }

  private static String place(String section, int index, Object rule) {
    String name = rule instanceof Named named ? " '" + named.name() + "'" : "";
    return section + "[" + index + "]" + name;
  }
}
