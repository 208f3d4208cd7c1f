package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Principal;
import dev.starling.bus.Priority;
import dev.starling.contract.service.OperationRecord;
import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.policy.guards.NodeGuards;
import dev.starling.policy.match.Caller;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteRulesTest {
  private static final Route OPEN = route("search.find", true);
  private static final Route CLOSED = route("search.mine", false);
  private final PolicySource source = new PolicySource(Policies.shipped());
  private final NodeGuards guards =
      new NodeGuards(source, new SimpleMeterRegistry(), () -> 0.5, () -> 0);
  private final RulesByRoute rules = new RulesByRoute(guards, new RouteTraffic(), 10_000);

  @AfterEach
  void close() {
    guards.close();
  }

  @Test
  void of_sameRouteAndPolicy_isWorkedOutOnce() {
    RouteRules first = rules.of(OPEN);
    assertThat(rules.of(OPEN)).isSameAs(first);

    policy("deadlines: [{ match: {}, max: 1s }]");
    assertThat(rules.of(OPEN)).isNotSameAs(first);
    assertThat(rules.of(OPEN).traffic()).isSameAs(first.traffic());
  }

  @Test
  void of_noRules_needsNoCallerAndGuardsNothing() {
    RouteRules plain = rules.of(CLOSED);

    assertThat(plain.isSettledAtOnce()).isTrue();
    assertThat(plain.isGuarded()).isFalse();
    assertThat(plain.caller(gold(), "10.0.0.1")).isSameAs(Caller.UNKNOWN);
    assertThat(plain.limiter(Caller.UNKNOWN)).isNull();
    assertThat(plain.cache(Caller.UNKNOWN)).isNull();
    assertThat(plain.allowedMillis(Caller.UNKNOWN, false)).isEqualTo(2000);
  }

  @Test
  void bestPriority_ofARouteWithTiers_isThatOfTheBest() {
    policy(
        """
        priorities:
          - { match: { tier: gold }, priority: critical }
          - { match: {}, priority: sheddable }
        """);
    RouteRules tiered = rules.of(CLOSED);

    assertThat(tiered.isSettledAtOnce()).isFalse();
    assertThat(tiered.bestPriority()).isEqualTo(Priority.CRITICAL);
    assertThat(tiered.priority(tiered.caller(gold(), ""))).isEqualTo(Priority.CRITICAL);
    assertThat(tiered.priority(tiered.caller(Principal.ANONYMOUS, "")))
        .isEqualTo(Priority.SHEDDABLE);
  }

  @Test
  void isSettledAtOnce_openRoute_onlyTheAddressCounts() {
    policy("priorities: [{ match: { ip: 10.0.0.0/8 }, priority: sheddable }]");
    RouteRules byAddress = rules.of(OPEN);

    assertThat(byAddress.isSettledAtOnce()).isTrue();
    assertThat(byAddress.priority(byAddress.caller(Principal.ANONYMOUS, "10.1.1.1")))
        .isEqualTo(Priority.SHEDDABLE);
    assertThat(byAddress.priority(byAddress.caller(Principal.ANONYMOUS, "192.0.2.1")))
        .isEqualTo(Priority.NORMAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max: 1s               | true  | 1000",
        "max: 1s               | false | 1000",
        "max: 5s               | true  | 5000",
        "max: 60s              | true  | 10000",
        "default: 500ms        | false | 500",
        "default: 500ms        | true  | 2000",
        "default: 5s           | false | 2000",
        "max: 4s, default: 3s  | false | 3000",
        "max: 4s, default: 3s  | true  | 4000",
      })
  void allowedMillis_ofARule(String keys, boolean clientSays, long expected) {
    policy("deadlines: [{ match: {}, " + keys + " }]");

    assertThat(rules.of(OPEN).allowedMillis(Caller.UNKNOWN, clientSays)).isEqualTo(expected);
  }

  @Test
  void isGuarded_bulkheadOrBreaker() {
    policy("bulkheads: [{ name: room, match: { operation: search.find }, max-concurrent: 1 }]");
    assertThat(rules.of(OPEN).isGuarded()).isTrue();
    assertThat(rules.of(CLOSED).isGuarded()).isFalse();

    policy("breakers: [{ name: search, service: search }]");
    assertThat(rules.of(CLOSED).isGuarded()).isTrue();
    assertThat(rules.of(CLOSED).breaker()).isNotNull();
  }

  private void policy(String yaml) {
    source.replace(((Policies.Parsed.Good) Policies.parse("test", yaml)).policies());
  }

  private static Principal gold() {
    return new Principal("ada", Set.of(), "acme", "gold");
  }

  private static Route route(String id, boolean open) {
    return Route.of(
        "search",
        new OperationRecord(
            id,
            "GET",
            "/v1/" + id,
            open,
            null,
            Priority.NORMAL,
            true,
            2000,
            0,
            List.of(),
            OperationRecord.Interaction.CALL,
            "{}"));
  }
}
