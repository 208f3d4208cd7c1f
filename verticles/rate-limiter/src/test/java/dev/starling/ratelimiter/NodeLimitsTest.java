package dev.starling.ratelimiter;

import static dev.starling.ratelimiter.Calls.at;
import static dev.starling.ratelimiter.Calls.by;
import static dev.starling.ratelimiter.Calls.costing;
import static dev.starling.ratelimiter.Calls.limiter;
import static dev.starling.ratelimiter.Calls.limits;
import static dev.starling.ratelimiter.Calls.of;
import static dev.starling.ratelimiter.Calls.on;
import static dev.starling.ratelimiter.Calls.per;
import static dev.starling.ratelimiter.Calls.policies;
import static dev.starling.ratelimiter.Calls.remaining;
import static dev.starling.ratelimiter.Calls.shadow;
import static dev.starling.ratelimiter.Calls.window;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.policy.match.Caller;
import dev.starling.policy.rule.LimitRule;
import dev.starling.policy.rule.Match;
import dev.starling.policy.rule.Per;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeLimitsTest {
  private static final LimitRule ALL = per(Per.CONSUMER, "all", window(10, 60));

  private final NodeLimits node =
      limits(ALL, on("auth.*", per(Per.IP, "auth", window(1, 1), window(2, 2))));

  @Test
  void planOf_route_hasTheRulesThatApply() {
    assertThat(rules("users.get")).containsExactly("all");
    assertThat(rules("auth.token")).containsExactlyInAnyOrder("all", "auth");
  }

  @Test
  void planOf_sameRoute_isWorkedOutOnce() {
    assertThat(node.planOf(at("users.get"))).isSameAs(node.planOf(at("users.get")));
  }

  @Test
  void planOf_endlesslyManyOrLongRoutes_remembersSome() {
    for (int i = 0; i < 5_000; i++) {
      assertThat(node.planOf(at("route" + i)).isEmpty()).isFalse();
    }
    String late = "route4999";
    String tooLong = "x".repeat(129);

    assertThat(node.planOf(at("route0"))).isSameAs(node.planOf(at("route0")));
    assertThat(node.planOf(at(late))).isNotSameAs(node.planOf(at(late)));
    assertThat(node.planOf(at(tooLong))).isNotSameAs(node.planOf(at(tooLong)));
  }

  @Test
  void use_ruleWithTheSameNumbers_keepsItsBuckets() {
    RateLimiter limiter = limiter(node);
    limiter.spend(costing(by("ann"), 4), 0);

    // Where it applies, and whether it is on trial, are no numbers.
    node.use(policies(on("users.*", ALL), per(Per.IP, "other", window(5, 60))));

    assertThat(remaining(limiter.spend(by("ann"), 0), "all")).isEqualTo(5);
    node.use(policies(shadow(ALL)));
    node.use(policies(ALL));
    assertThat(remaining(limiter.spend(by("ann"), 0), "all")).isEqualTo(4);
  }

  @Test
  void use_ruleWithOtherNumbers_startsAfresh() {
    RateLimiter limiter = limiter(node);
    limiter.spend(costing(by("ann"), 4), 0);

    node.use(policies(per(Per.CONSUMER, "all", window(11, 60))));

    assertThat(remaining(limiter.spend(by("ann"), 0), "all")).isEqualTo(10);
  }

  @Test
  void use_ruleThatIsGone_countsNothing() {
    RateLimiter limiter = limiter(node);
    node.use(policies());

    assertThat(limiter.spend(by("ann"), 0).windows()).isEmpty();
    assertThat(node.rules()).isEmpty();
  }

  @Test
  void rule_nameAndNumbers_mustBothBeRight() {
    Rule all = node.rules().get(0);

    assertThat(node.rule("all", all.numbers())).isSameAs(all);
    assertThat(node.rule("all", all.numbers() + 1)).isNull();
    assertThat(node.rule("none", all.numbers())).isNull();
  }

  /** On two nodes a rule has one number, whatever their secrets are. */
  @Test
  void numbers_sameRuleOnAnotherNode_areTheSame() {
    assertThat(limits(shadow(on("a.b", ALL))).rules().get(0).numbers())
        .isEqualTo(node.rules().get(0).numbers());
    assertThat(limits(per(Per.IP, "all", window(10, 60))).rules().get(0).numbers())
        .isNotEqualTo(node.rules().get(0).numbers());
  }

  @Test
  void spend_tierOfTheFileOrTheToken_decidesWhichRuleHolds() {
    ObjectNode file =
        Calls.file(
            on(tier("gold"), per(Per.CONSUMER, "gold", window(100, 60))),
            on(tier("basic"), per(Per.CONSUMER, "basic", window(1, 60))));
    file.withArray("tiers").addObject().put("name", "gold").put("tenants", "acme");
    node.use(Calls.parse(file));
    RateLimiter limiter = limiter(node);

    assertThat(limiter.spend(of(by("ann"), "acme", ""), 0).windows())
        .extracting(w -> w.policy())
        .containsExactly("gold");
    assertThat(limiter.spend(of(by("ben"), "", "basic"), 0).windows())
        .extracting(w -> w.policy())
        .containsExactly("basic");
    assertThat(limiter.spend(of(by("ben"), "", "basic"), 0)).isInstanceOf(Limited.class);
    // Of no tier, and so of no rule.
    assertThat(limiter.spend(by("cid"), 0)).isEqualTo(new Allowed(List.of()));
  }

  @Test
  void spend_perTenant_countsItsConsumersTogether() {
    RateLimiter limiter = limiter(per(Per.TENANT, "calls", window(2, 60)));

    assertThat(limiter.spend(of(by("ann"), "acme", ""), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(of(by("ben"), "acme", ""), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(of(by("cid"), "acme", ""), 0)).isInstanceOf(Limited.class);
    // Without a tenant each consumer counts by itself.
    assertThat(limiter.spend(by("dan"), 0)).isInstanceOf(Allowed.class);
    assertThat(limiter.spend(costing(by("eve"), 2), 0)).isInstanceOf(Allowed.class);
  }

  @Test
  void spend_costOfTheRoute_isTakenFromEachRule() {
    ObjectNode file = Calls.file(ALL);
    ObjectNode cost = file.withArray("costs").addObject().put("cost", 4);
    cost.putObject("match").put("operation", "reports.*");
    node.use(Calls.parse(file));
    RateLimiter limiter = limiter(node);

    assertThat(remaining(limiter.spend(at("reports.run"), 0), "all")).isEqualTo(6);
    assertThat(remaining(limiter.spend(at("users.get"), 0), "all")).isEqualTo(5);
    assertThat(remaining(limiter.spend(at("reports.run"), 0), "all")).isEqualTo(1);
    assertThat(limiter.spend(at("reports.run"), 0)).isInstanceOf(Limited.class);
  }

  private static Match tier(String tier) {
    return new Match(
        List.of(), List.of(), List.of(), List.of(), List.of(), List.of(tier), List.of());
  }

  private List<String> rules(String operation) {
    return node.planOf(at(operation)).rules(Caller.UNKNOWN).stream().map(Rule::name).toList();
  }
}
