package dev.starling.ratelimiter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.policy.Policies;
import dev.starling.policy.file.ShippedLimits;
import dev.starling.policy.rule.Algorithm;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Per;
import dev.starling.policy.rule.Rate;
import dev.starling.policy.rule.Sharing;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Calls and limits that several tests make. */
final class Calls {
  /** Every rule is this node's own. */
  private static final Lenders NOBODY =
      new Lenders() {
        @Override
        public int nodes() {
          return 1;
        }

        @Override
        public Keeper keeperOf(Lease lease, long nowNanos) {
          return Keeper.NOBODY;
        }
      };

  static final long SECOND = 1_000_000_000;

  private Calls() {}

  static Spend call(String consumer, String operation, String address, int cost) {
    return new Spend(
        consumer, "", "", operation, "GET", "/v1/" + operation, address, cost, Integer.MAX_VALUE);
  }

  static Spend by(String consumer) {
    return call(consumer, "users.get", "192.0.2.1", 1);
  }

  static Spend anonymous(String address) {
    return call("", "users.get", address, 1);
  }

  static Spend at(String operation) {
    return call("ann", operation, "192.0.2.1", 1);
  }

  static Spend costing(Spend call, int cost) {
    return new Spend(
        call.consumer(),
        call.tenant(),
        call.tier(),
        call.operation(),
        call.method(),
        call.path(),
        call.clientAddress(),
        cost,
        call.maxDelayMillis());
  }

  /** The same call by somebody who waits no longer than this for a turn. */
  static Spend waiting(Spend call, int maxDelayMillis) {
    return new Spend(
        call.consumer(),
        call.tenant(),
        call.tier(),
        call.operation(),
        call.method(),
        call.path(),
        call.clientAddress(),
        call.cost(),
        maxDelayMillis);
  }

  static Spend of(Spend call, String tenant, String tier) {
    return new Spend(
        call.consumer(),
        tenant,
        tier,
        call.operation(),
        call.method(),
        call.path(),
        call.clientAddress(),
        call.cost(),
        call.maxDelayMillis());
  }

  static Rate.Window window(long quota, int seconds) {
    return new Rate.Window(Duration.ofSeconds(seconds), quota);
  }

  /** A token bucket on this node for all routes. */
  static LimitRule per(Per part, String name, Rate.Window... windows) {
    return new LimitRule(
        name,
        Match.EVERYTHING,
        List.of(part),
        new Rate(List.of(windows)),
        null,
        null,
        Algorithm.TOKEN_BUCKET,
        Sharing.LOCAL,
        false);
  }

  static LimitRule on(Match match, LimitRule rule) {
    return new LimitRule(
        rule.name(),
        match,
        rule.per(),
        rule.rate(),
        rule.burst(),
        rule.maxDelay(),
        rule.algorithm(),
        rule.policy(),
        rule.shadow());
  }

  static LimitRule on(String operation, LimitRule rule) {
    return on(Match.operation(operation), rule);
  }

  static LimitRule by(List<Per> per, LimitRule rule) {
    return new LimitRule(
        rule.name(),
        rule.match(),
        per,
        rule.rate(),
        rule.burst(),
        rule.maxDelay(),
        rule.algorithm(),
        rule.policy(),
        rule.shadow());
  }

  static LimitRule with(Algorithm algorithm, LimitRule rule) {
    return new LimitRule(
        rule.name(),
        rule.match(),
        rule.per(),
        rule.rate(),
        null,
        null,
        algorithm,
        rule.policy(),
        rule.shadow());
  }

  static LimitRule burst(long burst, LimitRule rule) {
    return new LimitRule(
        rule.name(),
        rule.match(),
        rule.per(),
        rule.rate(),
        burst,
        null,
        rule.algorithm(),
        rule.policy(),
        rule.shadow());
  }

  /** A leaky bucket. */
  static LimitRule queue(Duration maxDelay, LimitRule rule) {
    return new LimitRule(
        rule.name(),
        rule.match(),
        rule.per(),
        rule.rate(),
        null,
        maxDelay,
        Algorithm.LEAKY_BUCKET,
        rule.policy(),
        rule.shadow());
  }

  static LimitRule shared(Sharing sharing, LimitRule rule) {
    return new LimitRule(
        rule.name(),
        rule.match(),
        rule.per(),
        rule.rate(),
        rule.burst(),
        rule.maxDelay(),
        rule.algorithm(),
        sharing,
        rule.shadow());
  }

  static LimitRule shadow(LimitRule rule) {
    return new LimitRule(
        rule.name(),
        rule.match(),
        rule.per(),
        rule.rate(),
        rule.burst(),
        rule.maxDelay(),
        rule.algorithm(),
        rule.policy(),
        true);
  }

  /** A limiter with these rules and no shipped one. */
  static RateLimiter limiter(LimitRule... rules) {
    return limiter(limits(rules));
  }

  static RateLimiter limiter(NodeLimits node) {
    return new RateLimiter(node, NOBODY);
  }

  static NodeLimits limits(LimitRule... rules) {
    return limits(RateLimiterConfig.MIN_KEYS, rules);
  }

  static NodeLimits limits(int maxKeys, LimitRule... rules) {
    return new NodeLimits(new RateLimiterConfig(true, maxKeys, 64), policies(rules), new Random(1));
  }

  /** A policy with these limits and no shipped one. */
  static Policies policies(LimitRule... rules) {
    return parse(file(rules));
  }

  /** The file of such a policy, to which other sections may be added. */
  static ObjectNode file(LimitRule... rules) {
    ObjectNode file = Json.MAPPER.createObjectNode();
    for (LimitRule shipped : ShippedLimits.ALL) {
      if (List.of(rules).stream().noneMatch(own -> own.name().equals(shipped.name()))) {
        file.withArray("limits").addObject().put("name", shipped.name()).putObject("rate");
      }
    }
    for (LimitRule rule : rules) {
      ObjectNode tree = Settings.toTree(rule);
      tree.properties().removeIf(field -> field.getValue().isNull());
      file.withArray("limits").add(tree);
    }
    return file;
  }

  static Policies parse(JsonNode file) {
    Policies.Parsed parsed = Policies.parse("policies.yaml", file.toString());
    if (parsed instanceof Policies.Parsed.Bad bad) {
      throw new AssertionError(bad.mistakes());
    }
    return ((Policies.Parsed.Good) parsed).policies();
  }

  static Tally tally(NodeLimits node, String rule) {
    return node.rules().stream()
        .filter(candidate -> candidate.name().equals(rule))
        .findFirst()
        .orElseThrow()
        .tally();
  }

  /** What is left in a window, which the decision must name. */
  static long remaining(Decision decision, String window) {
    return Objects.requireNonNull(
            decision.windows().stream()
                .filter(candidate -> candidate.policy().equals(window))
                .findFirst()
                .orElse(null))
        .remaining();
  }
}
