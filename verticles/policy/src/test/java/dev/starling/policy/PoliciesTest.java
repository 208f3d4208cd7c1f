package dev.starling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.policy.Policies.Parsed;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.LimitRule;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoliciesTest {
  private static final PolicyRoute USER =
      new PolicyRoute("GET", "/v1/users/{id}", "users.get", false);
  private static final PolicyRoute PING = new PolicyRoute("GET", "/v1/ping", "ping.get", true);
  private static final PolicyRoute TOKEN =
      new PolicyRoute("POST", "/v1/auth/token", "auth.token", true);

  @Test
  void shipped_signIn_isLimitedBesidesTheDefault() {
    assertThat(names(Policies.shipped().forRoute(TOKEN).limits(Caller.UNKNOWN)))
        .containsExactly("default", "sign-in");
    assertThat(names(Policies.shipped().forRoute(PING).limits(Caller.UNKNOWN)))
        .containsExactly("default");
    assertThat(Policies.shipped().version()).isEqualTo(Policies.SHIPPED);
  }

  @Test
  void limits_ruleNamedLikeAShippedOne_takesItsPlace() {
    Policies policies =
        policies(
            "limits: [{name: default, per: ip, rate: {second: 5}}, {name: sign-in, rate: {}}]");

    List<LimitRule> onToken = policies.forRoute(TOKEN).limits(Caller.UNKNOWN);

    assertThat(names(onToken)).containsExactly("default");
    assertThat(onToken.get(0).rate().windows().get(0).permits()).isEqualTo(5);
  }

  @Test
  void forRoute_askedTwice_givesTheSameObject() {
    Policies policies = policies("costs: [{cost: 2}]");

    assertThat(policies.forRoute(USER))
        .isSameAs(policies.forRoute(new PolicyRoute("GET", "/v1/users/{id}", "users.get", false)));
  }

  @Test
  void cost_severalRulesMatch_theFirstHolds() {
    Policies policies =
        policies(
            """
            costs:
              - { match: { tier: gold }, cost: 1 }
              - { match: { operation: users.* }, cost: 5 }
              - { cost: 2 }
            """);

    assertThat(policies.forRoute(USER).cost(caller("gold"))).isEqualTo(1);
    assertThat(policies.forRoute(USER).cost(caller("free"))).isEqualTo(5);
    assertThat(policies.forRoute(PING).cost(Caller.UNKNOWN)).isEqualTo(2);
  }

  @Test
  void limits_severalRulesMatch_allHold() {
    Policies policies =
        policies(
            """
            limits:
              - { name: all, per: ip, rate: { second: 100 } }
              - { name: free, match: { tier: free }, per: consumer, rate: { second: 1 } }
              - { name: users, match: { path: /v1/users/** }, per: ip, rate: { second: 10 } }
            """);

    assertThat(names(policies.forRoute(USER).limits(caller("free"))))
        .containsExactly("default", "all", "free", "users");
    assertThat(names(policies.forRoute(USER).limits(caller("gold"))))
        .containsExactly("default", "all", "users");
    assertThat(policies.forRoute(PING).limits().isDynamic()).isFalse();
  }

  @Test
  void caller_namedInAFile_isOfThatTier_othersOfTheOneTheyClaim() {
    Policies policies =
        policies(
            """
            tiers:
              - { name: gold, consumers: [ada] }
              - { name: silver, tenants: [acme] }
            """);

    assertThat(policies.caller("ada", "acme", "free", "").tier()).isEqualTo("gold");
    assertThat(policies.caller("bob", "acme", "free", "").tier()).isEqualTo("silver");
    assertThat(policies.caller("bob", "", "free", "").tier()).isEqualTo("free");
  }

  @Test
  void bestPriority_tierCouldRaiseIt_isTheBestThatAnyTierCouldGive() {
    Policies policies =
        policies(
            """
            priorities:
              - { match: { tier: gold }, priority: critical }
              - { match: { tier: free }, priority: sheddable }
            """);
    RoutePolicy user = policies.forRoute(USER);

    assertThat(user.callersDiffer()).isTrue();
    assertThat(user.bestPriority(Priority.NORMAL)).isEqualTo(Priority.CRITICAL);
    assertThat(user.priority(caller("free"), Priority.NORMAL)).isEqualTo(Priority.SHEDDABLE);
    assertThat(user.priority(caller(""), Priority.NORMAL)).isEqualTo(Priority.NORMAL);
    assertThat(policies.forRoute(PING).bestPriority(Priority.NORMAL)).isEqualTo(Priority.NORMAL);
  }

  @Test
  void bestPriority_ruleForEverybody_hidesWhatIsDeclared() {
    RoutePolicy user = policies("priorities: [{priority: sheddable}]").forRoute(USER);

    assertThat(user.bestPriority(Priority.NORMAL)).isEqualTo(Priority.SHEDDABLE);
  }

  @Test
  void bestPriority_ruleThatIsNeverReached_doesNotCount() {
    RoutePolicy user =
        policies(
                """
                priorities:
                  - { match: { operation: users.* }, priority: sheddable }
                  - { match: { tier: gold }, priority: critical }
                """)
            .forRoute(USER);

    assertThat(user.bestPriority(Priority.NORMAL)).isEqualTo(Priority.SHEDDABLE);
    assertThat(user.callersDiffer()).isFalse();
  }

  @Test
  void replace_listenerFails_theOthersHearOfIt() {
    PolicySource source = new PolicySource(Policies.shipped());
    List<Policies> heard = new ArrayList<>();
    source.onChange(
        next -> {
          throw new IllegalStateException("planted");
        });
    source.onChange(heard::add);

    source.replace(Policies.shipped());

    assertThat(heard).hasSize(1);
  }

  @Test
  void cache_routeThatNeedsASignIn_isNotKeptForOthers() {
    Policies policies =
        policies(
            """
            caches:
              - { name: careless, match: { path: /v1/users/** }, ttl: 5s }
              - { name: careful, match: { path: /v1/users/** }, ttl: 5s, vary: consumer }
              - { name: rest, ttl: 1s }
            """);

    assertThat(name(policies.forRoute(USER).cache(Caller.UNKNOWN))).isEqualTo("careful");
    assertThat(name(policies.forRoute(PING).cache(Caller.UNKNOWN))).isEqualTo("rest");
    assertThat(policies.forRoute(TOKEN).cache(Caller.UNKNOWN)).isNull();
  }

  @Test
  void asking_noRuleLooksAtCallers_allocatesNothing() {
    Policies policies =
        policies("costs: [{cost: 2}]\nlimits: [{name: a, per: ip, rate: {second: 1}}]");
    RoutePolicy policy = policies.forRoute(USER);
    assertThat(policy.callersDiffer()).isFalse();
    assertThat(policy.limits().isDynamic()).isFalse();
    assertThat(policy.costs().isDynamic()).isFalse();
    ask(policies, 10_000);

    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int spent = ask(policies, 10_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(spent).isEqualTo(10_000 * 4);
    // Less than a byte a call: what is left is the measurement's own.
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void explain_everySection_saysWhatHoldsAndWhyTheRestDoesNot() {
    Policies policies =
        policies(
            """
            limits:
              - { name: ping-burst, match: { path: /v1/ping }, per: ip, rate: { second: 10 } }
              - { name: free, match: { tier: free }, per: consumer, rate: { minute: 60 } }
            costs:
              - { match: { operation: users.* }, cost: 5 }
              - { cost: 2 }
            breakers:
              - { name: users, service: users }
              - { name: db, dependency: postgres }
            """);

    assertThat(policies.explain(USER, policies.caller("ada", "", "free", "192.0.2.1")).toText())
        .isEqualToNormalizingNewlines(
            """
            GET /v1/users/{id} (users.get) by ada in tier free from 192.0.2.1
            policy %s
            limits:
              + default: per: [consumer], rate: {second: 1000000}
              - sign-in: operation: users.get (the rule has: auth.token)
              - sign-up: operation: users.get (the rule has: auth.signup)
              - token-refresh: operation: users.get (the rule has: auth.refresh)
              - ping-burst: path: /v1/users/{id} (the rule has: /v1/ping)
              + free: per: [consumer], rate: {minute: 60}
            costs:
              + costs[0]: cost: 5
              ~ costs[1]: costs[0] comes first
            bulkheads: no rule
            breakers:
              + users: service: users
              - db: dependency: postgres (it guards that, whatever the route)
            caches: no rule
            deadlines: no rule
            priorities: no rule
            concurrency: no rule
            degradation: no rule
            """
                .formatted(policies.version()));
  }

  @Test
  void explain_andForRoute_agree() {
    Policies policies =
        policies(
            """
            limits:
              - { name: lan, match: { ip: 10.0.0.0/8 }, per: ip, rate: { second: 10 } }
              - { name: gold, match: { tier: gold }, per: ip, rate: { second: 10 } }
              - { name: off, rate: {} }
            """);
    for (Caller caller : List.of(caller("gold"), new Caller("", "", "", "10.0.0.1"))) {
      assertThat(
              policies.explain(USER, caller).section("limits").rules().stream()
                  .filter(rule -> rule.verdict() == Explanation.Verdict.HOLDS)
                  .map(Explanation.Finding::rule))
          .containsExactlyElementsOf(names(policies.forRoute(USER).limits(caller)));
    }
  }

  @Test
  void load_missingFile_isAMistakeThatNamesIt() {
    assertThat(((Parsed.Bad) Policies.load(Path.of("absent.yaml"))).mistakes())
        .containsExactly("absent.yaml: cannot be read (expected: a readable YAML file)");
  }

  @Test
  void version_otherText_isAnother() {
    assertThat(policies("costs: [{cost: 2}]").version())
        .isEqualTo(policies("costs: [{cost: 2}]").version())
        .isNotEqualTo(policies("costs: [{cost: 3}]").version())
        .matches("[0-9a-f]{12}");
  }

  @Test
  void replace_listeners_hearOfItUntilTheyStop() {
    PolicySource source = new PolicySource(Policies.shipped());
    List<Policies> heard = new ArrayList<>();
    Runnable stop = source.onChange(heard::add);
    Policies next = policies("costs: [{cost: 2}]");

    source.replace(next);
    stop.run();
    source.replace(Policies.shipped());

    assertThat(heard).containsExactly(next);
    assertThat(source.current()).isSameAs(Policies.shipped());
  }

  private static int ask(Policies policies, int times) {
    int spent = 0;
    for (int i = 0; i < times; i++) {
      RoutePolicy policy = policies.forRoute(USER);
      spent += policy.cost(Caller.UNKNOWN) + policy.limits(Caller.UNKNOWN).size();
      spent += policy.bulkheads(Caller.UNKNOWN).size();
      spent += policy.cache(Caller.UNKNOWN) == null ? 0 : 1;
    }
    return spent;
  }

  private static Caller caller(String tier) {
    return new Caller("ada", "", tier, "192.0.2.1");
  }

  private static List<String> names(List<LimitRule> rules) {
    return rules.stream().map(LimitRule::name).toList();
  }

  private static String name(@org.jspecify.annotations.Nullable CacheRule rule) {
    return rule == null ? "none" : rule.name();
  }

  private static Policies policies(String text) {
    Parsed parsed = Policies.parse("policies.yaml", text);
    assertThat(parsed).isInstanceOf(Parsed.Good.class);
    return ((Parsed.Good) parsed).policies();
  }
}
