package dev.starling.policy.guards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.admission.Ending;
import dev.starling.policy.admission.Shed;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.bulkhead.Entry;
import dev.starling.policy.bulkhead.Waiter;
import dev.starling.policy.bulkhead.Waiting;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeGuardsTest {
  private static final PolicyRoute SEARCH =
      new PolicyRoute("GET", "/v1/search", "search.find", true);
  private static final long MILLI = 1_000_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final PolicySource policies = new PolicySource(Policies.shipped());
  private final Random random = new Random(1);
  private long nowNanos;
  private final NodeGuards guards = new NodeGuards(policies, meters, () -> 0.5, () -> nowNanos);

  @AfterEach
  void close() {
    guards.close();
  }

  @Test
  void withoutAFile_everythingIsAdmittedAndNothingGuarded() {
    RouteGuards route = guards.current().forRoute(SEARCH);

    assertThat(guards.current().admit(null, Priority.SHEDDABLE, random, nowNanos)).isNull();
    assertThat(route.limiter(Caller.UNKNOWN)).isNull();
    assertThat(route.bulkheads(Caller.UNKNOWN)).isEmpty();
    assertThat(guards.current().breakerOfService("users")).isNull();
    assertThat(guards.current().breakerOf("postgres")).isNull();
    assertThat(guards.current().bulkheadsOf("postgres")).isEmpty();
  }

  @Test
  void newFile_guardsOfRulesThatStayKeepWhatTheyKnow() {
    policy("bulkheads: [{ name: a, match: { path: /v1/search }, max-concurrent: 1 }]");
    GuardSet before = guards.current();
    Bulkhead a = before.forRoute(SEARCH).bulkheads(Caller.UNKNOWN).get(0);
    assertThat(a.enter(new Recorded(), nowNanos)).isEqualTo(Entry.Decided.ENTERED);

    policy(
        """
        bulkheads:
          - { name: b, dependency: postgres, max-concurrent: 1 }
          - { name: a, match: { path: /v1/search }, max-concurrent: 1 }
        """);

    GuardSet after = guards.current();
    assertThat(after).isNotSameAs(before);
    assertThat(after.forRoute(SEARCH).bulkheads(Caller.UNKNOWN)).containsExactly(a);
    assertThat(after.bulkheadsOf("postgres")).hasSize(1);
    assertThat(a.inside()).isEqualTo(1);
  }

  @Test
  void newFile_bulkheadWithOtherNumbersTakesThePlaceOfTheOneBefore() {
    policy("bulkheads: [{ name: a, match: {}, max-concurrent: 1, max-waiting: 1 }]");
    Bulkhead before = guards.current().forRoute(SEARCH).bulkheads(Caller.UNKNOWN).get(0);
    before.enter(new Recorded(), nowNanos);
    Recorded waits = new Recorded();
    before.enter(waits, nowNanos);

    policy("bulkheads: [{ name: a, match: {}, max-concurrent: 7 }]");

    assertThat(waits.refusal).isEqualTo(Waiter.Refusal.CLOSED);
    assertThat(before.enter(new Recorded(), nowNanos)).isEqualTo(Entry.Decided.CLOSED);
    assertThat(gauge("policy.bulkhead.permits", "bulkhead", "a")).isEqualTo(7);
    assertThat(gauge("policy.bulkhead.in.use", "bulkhead", "a")).isZero();
  }

  @Test
  void bulkhead_firstWhoWaits_wakesWhoeverTicks() {
    policy(
        "bulkheads: [{ name: a, match: {}, max-concurrent: 1, max-waiting: 2, max-wait: 10ms }]");
    List<Long> woken = new ArrayList<>();
    guards.onQueue(() -> woken.add(nowNanos));
    Bulkhead bulkhead = guards.current().forRoute(SEARCH).bulkheads(Caller.UNKNOWN).get(0);
    Recorded late = new Recorded();
    bulkhead.enter(new Recorded(), nowNanos);
    assertThat(woken).isEmpty();

    assertThat(bulkhead.enter(late, nowNanos)).isInstanceOf(Waiting.class);
    assertThat(bulkhead.enter(new Recorded(), nowNanos)).isInstanceOf(Waiting.class);
    assertThat(woken).hasSize(1);

    assertThat(guards.tick(5 * MILLI)).isTrue();
    assertThat(late.refusal).isNull();
    assertThat(guards.tick(11 * MILLI)).isFalse();
    assertThat(late.refusal).isEqualTo(Waiter.Refusal.WAITED_TOO_LONG);
    assertThat(meters.get("policy.bulkhead.refused").functionCounter().count()).isEqualTo(2);
  }

  @Test
  void concurrency_classThatIsFull_shedsAndSaysSo() {
    policy(
        "concurrency: [{ name: search, match: { path: /v1/search }, initial: 10, adaptive: false }]");
    ConcurrencyLimiter limiter = guards.current().forRoute(SEARCH).limiter(Caller.UNKNOWN);
    for (int i = 0; i < 5; i++) {
      assertThat(guards.current().admit(limiter, Priority.NORMAL, random, nowNanos)).isNull();
    }

    Shed shed = guards.current().admit(limiter, Priority.SHEDDABLE, random, nowNanos);

    assertThat(shed).isNotNull();
    assertThat(shed.guard()).isEqualTo(Shed.Guard.CONCURRENCY);
    assertThat(shed.rule()).isEqualTo("search");
    assertThat(gauge("policy.concurrency.in.flight", "class", "search")).isEqualTo(5);
    assertThat(gauge("policy.concurrency.limit", "class", "search")).isEqualTo(10);
    assertThat(
            meters
                .get("policy.shed")
                .tags("guard", "concurrency", "priority", "sheddable")
                .functionCounter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void concurrency_classThatIsKnownLaterAndFull_shedsAndSaysSo() {
    policy("concurrency: [{ name: free, match: {}, initial: 1, min: 1, adaptive: false }]");
    ConcurrencyLimiter limiter = guards.current().forRoute(SEARCH).limiter(Caller.UNKNOWN);
    assertThat(guards.current().enterClass(limiter, Priority.NORMAL, random, nowNanos)).isNull();

    Shed shed = guards.current().enterClass(limiter, Priority.NORMAL, random, nowNanos);

    assertThat(shed).isNotNull();
    assertThat(shed.guard()).isEqualTo(Shed.Guard.CONCURRENCY);
    assertThat(shed.rule()).isEqualTo("free");
    assertThat(shed.threshold()).isEqualTo(1);
    assertThat(
            meters
                .get("policy.shed")
                .tags("guard", "concurrency", "priority", "normal")
                .functionCounter()
                .count())
        .isEqualTo(1);
    assertThat(guards.current().enterClass(null, Priority.NORMAL, random, nowNanos)).isNull();
  }

  @Test
  void concurrency_admittedAndWorthLess_isAskedAgain() {
    policy("concurrency: [{ name: all, match: {}, initial: 10, adaptive: false }]");
    ConcurrencyLimiter limiter = guards.current().forRoute(SEARCH).limiter(Caller.UNKNOWN);
    for (int i = 0; i < 6; i++) {
      guards.current().admit(limiter, Priority.NORMAL, random, nowNanos);
    }

    assertThat(lowered(limiter, Priority.SHEDDABLE)).isNotNull();
    limiter.leave(Ending.UNKNOWN, 0, nowNanos);
    assertThat(lowered(limiter, Priority.SHEDDABLE)).isNull();
  }

  @Test
  void sheddingRule_thatChanges_keepsWhatIsKnownOfTheHeap() {
    guards.heap().collected(80, nowNanos);
    assertThat(guards.current().admit(null, Priority.SHEDDABLE, random, nowNanos)).isNull();

    policy("shedding: { heap-percent: 70 }");

    Shed shed = guards.current().admit(null, Priority.SHEDDABLE, random, nowNanos);
    assertThat(shed).isNotNull();
    assertThat(shed.guard()).isEqualTo(Shed.Guard.HEAP);
    assertThat(meters.get("policy.heap.after.gc").gauge().value()).isEqualTo(80);
  }

  @Test
  void breaker_thatOpens_isShownAndCounted() {
    policy("breakers: [{ name: users, service: users, minimum-calls: 2 }]");
    CircuitBreaker breaker = guards.current().breakerOfService("users");
    assertThat(breaker).isNotNull();
    for (int i = 0; i < 2; i++) {
      breaker.leave(breaker.tryEnter(nowNanos), Outcome.TIMEOUT, MILLI, nowNanos);
    }

    assertThat(breaker.tryEnter(nowNanos)).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(gauge("policy.breaker.state", "breaker", "users")).isEqualTo(2);
    assertThat(
            meters
                .get("policy.breaker.transitions")
                .tags("breaker", "users", "to", "open")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(meters.get("policy.breaker.refused").functionCounter().count()).isEqualTo(1);
  }

  @Test
  void guardWhoseRuleIsGone_isNotShownAnyMore() {
    policy("breakers: [{ name: users, service: users }]");
    policy("breakers: []");

    assertThat(meters.find("policy.breaker.state").gauges()).isEmpty();
    assertThat(guards.current().breakerOfService("users")).isNull();
  }

  @Test
  void degradation_signalBeyondItsThreshold_lowersWhatTheRuleMatches() {
    policy(
        """
        degradation:
          - name: busy
            when: requests-per-second > 100
            hold: 2s
            match: { operation: search.* }
            steps: 1
        """);
    Traffic traffic = new Traffic();
    guards.observe(traffic);
    RouteGuards route = guards.current().forRoute(SEARCH);
    traffic.requestsPerSecond = 101;

    for (int second = 0; second <= 2; second++) {
      assertThat(route.degraded(Caller.UNKNOWN, Priority.NORMAL)).isEqualTo(Priority.NORMAL);
      observeAt(second);
    }

    assertThat(route.degraded(Caller.UNKNOWN, Priority.NORMAL)).isEqualTo(Priority.SHEDDABLE);
    assertThat(guards.current().forRoute(other()).degraded(Caller.UNKNOWN, Priority.NORMAL))
        .isEqualTo(Priority.NORMAL);
    assertThat(gauge("policy.degradation.steps", "rule", "busy")).isEqualTo(1);
    assertThat(traffic.turns).isEqualTo(3);

    traffic.requestsPerSecond = 0;
    for (int second = 3; second <= 5; second++) {
      observeAt(second);
    }
    assertThat(route.degraded(Caller.UNKNOWN, Priority.NORMAL)).isEqualTo(Priority.NORMAL);
    assertThat(meters.find("policy.degradation.steps").gauges()).isEmpty();
  }

  @Test
  void degradation_byHowFullALimitIs_readsTheClassOfTheOperation() {
    policy(
        """
        concurrency:
          - { name: search, match: { path: /v1/search }, initial: 10, adaptive: false }
        degradation:
          - { name: full, when: limit-used-percent(search.find) > 49, hold: 0s, match: {} }
        """);
    RouteGuards route = guards.current().forRoute(SEARCH);
    ConcurrencyLimiter limiter = route.limiter(Caller.UNKNOWN);
    for (int i = 0; i < 5; i++) {
      guards.current().admit(limiter, Priority.NORMAL, random, nowNanos);
    }

    observeAt(0);

    assertThat(route.degraded(Caller.UNKNOWN, Priority.CRITICAL)).isEqualTo(Priority.NORMAL);
  }

  @Test
  void forRoute_askedTwice_givesTheSameObject() {
    assertThat(guards.current().forRoute(SEARCH)).isSameAs(guards.current().forRoute(SEARCH));
  }

  private Shed lowered(ConcurrencyLimiter limiter, Priority priority) {
    return guards.current().lower(limiter, Priority.NORMAL, priority, random, nowNanos);
  }

  private void observeAt(int second) {
    nowNanos = Duration.ofSeconds(second).toNanos();
    guards.observe(nowNanos);
  }

  private static PolicyRoute other() {
    return new PolicyRoute("GET", "/v1/ping", "ping.get", true);
  }

  private double gauge(String name, String tag, String value) {
    return meters.get(name).tag(tag, value).gauge().value();
  }

  private void policy(String yaml) {
    Policies.Parsed parsed = Policies.parse("policies.yaml", yaml);
    assertThat(parsed).isInstanceOf(Policies.Parsed.Good.class);
    policies.replace(((Policies.Parsed.Good) parsed).policies());
  }

  private static final class Recorded implements Waiter {
    private Refusal refusal;

    @Override
    public void entered(long nowNanos) {
      // what enters is not looked at here
    }

    @Override
    public void refused(Refusal why) {
      refusal = why;
    }
  }

  private static final class Traffic implements TrafficSignals {
    private double requestsPerSecond;
    private int turns;

    @Override
    public void turn(long nowNanos) {
      turns++;
    }

    @Override
    public double requestsPerSecond(String operation) {
      return requestsPerSecond;
    }

    @Override
    public double inFlight(String operation) {
      return 0;
    }

    @Override
    public double latencyP50Millis(String operation) {
      return 0;
    }

    @Override
    public double errorPercent(String operation) {
      return 0;
    }
  }
}
