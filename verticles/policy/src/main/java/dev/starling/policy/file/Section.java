package dev.starling.policy.file;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Priority;
import dev.starling.policy.rule.Algorithm;
import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.Condition;
import dev.starling.policy.rule.CostRule;
import dev.starling.policy.rule.DeadlineRule;
import dev.starling.policy.rule.DegradationRule;
import dev.starling.policy.rule.Dependencies;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Per;
import dev.starling.policy.rule.PriorityRule;
import dev.starling.policy.rule.Rate;
import dev.starling.policy.rule.Sharing;
import dev.starling.policy.rule.TierRule;
import dev.starling.sdk.Settings;
import java.time.Duration;
import java.util.List;

/**
 * One list of rules in a policy file.
 *
 * @param key its name in the file
 * @param purpose one line for whoever edits a file
 * @param type what each entry is bound to
 * @param required keys that every entry must have
 * @param defaults the other keys, with what they are when an entry does not have them
 */
record Section<T extends Record>(
    String key, String purpose, Class<T> type, List<String> required, ObjectNode defaults) {
  private static final String ANY = "any";

  static final Section<TierRule> TIERS =
      of(
          "tiers",
          "Which consumers and tenants are of a tier; a token's tier claim says it for the others.",
          new TierRule(ANY, List.of(), List.of()),
          "name");

  static final Section<LimitRule> LIMITS =
      of(
              "limits",
              "How often: all that match hold, and all windows of each.",
              new LimitRule(
                  ANY,
                  Match.EVERYTHING,
                  List.of(Per.IP),
                  new Rate(List.of()),
                  null,
                  null,
                  Algorithm.TOKEN_BUCKET,
                  Sharing.LOCAL,
                  false),
              "name",
              "rate")
          .without("per");

  static final Section<CostRule> COSTS =
      of(
          "costs",
          "How many permits a call takes; the first that matches holds.",
          new CostRule(Match.EVERYTHING, 1),
          "cost");

  static final Section<BulkheadRule> BULKHEADS =
      of(
              "bulkheads",
              "How many at once, on routes or against a dependency; all that match hold.",
              new BulkheadRule(ANY, null, Dependencies.POSTGRES, 1, 0, Duration.ofMillis(100)),
              "name",
              "max-concurrent")
          .without("dependency");

  static final Section<BreakerRule> BREAKERS =
      of(
              "breakers",
              "When a dependency or a service on the bus is not asked any more.",
              BreakerRule.ofDependency(ANY, Dependencies.POSTGRES),
              "name")
          .without("dependency");

  static final Section<CacheRule> CACHES =
      of(
          "caches",
          "Whose answers are remembered, and how long; the first that matches holds.",
          CacheRule.of(ANY, Match.EVERYTHING, Duration.ofSeconds(1)),
          "name",
          "ttl");

  static final Section<DeadlineRule> DEADLINES =
      of(
              "deadlines",
              "How long calls may take, and take when the client does not say; the first that matches holds.",
              new DeadlineRule(Match.EVERYTHING, Duration.ofSeconds(1), null))
          .without("max");

  static final Section<PriorityRule> PRIORITIES =
      of(
          "priorities",
          "What calls are worth when not all can be served; the first that matches holds.",
          new PriorityRule(Match.EVERYTHING, Priority.NORMAL),
          "priority");

  static final Section<ConcurrencyRule> CONCURRENCY =
      of(
          "concurrency",
          "Routes that share an adaptive limit on calls under way; the first that matches holds.",
          ConcurrencyRule.of(ANY, Match.EVERYTHING),
          "name");

  static final Section<DegradationRule> DEGRADATION =
      of(
              "degradation",
              "What gives way while a signal is beyond a threshold; all that match hold.",
              new DegradationRule(
                  ANY,
                  Condition.parse("in-flight > 1"),
                  null,
                  Duration.ofSeconds(5),
                  Match.EVERYTHING,
                  1,
                  2),
              "name",
              "when")
          .without("until");

  /** Every list of rules, in the order of the documentation. */
  static final List<Section<?>> ALL =
      List.of(
          TIERS,
          LIMITS,
          COSTS,
          BULKHEADS,
          BREAKERS,
          CACHES,
          DEADLINES,
          PRIORITIES,
          CONCURRENCY,
          DEGRADATION);

  /** The only section that is no list. */
  static final String SHEDDING = "shedding";

  private static <T extends Record> Section<T> of(
      String key, String purpose, T example, String... required) {
    @SuppressWarnings("unchecked") // a record's class is not generic here
    Class<T> type = (Class<T>) example.getClass();
    ObjectNode defaults = Settings.toTree(example);
    defaults.remove(List.of(required));
    return new Section<>(key, purpose, type, List.of(required), defaults);
  }

  /** Of these keys the example's values are no defaults: a rule that has none of them, has none. */
  private Section<T> without(String... keys) {
    for (String subject : keys) {
      defaults.putNull(subject);
    }
    return this;
  }
}
