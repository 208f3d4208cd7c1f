package dev.starling.policy.guards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.decision.Decision;
import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.policy.breaker.Outcome;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.decision.Decisions;
import dev.starling.policy.rule.Dependencies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database that is slow, fails, or has too many callers. */
@Timeout(30)
class DependencyGuardTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration FAIR = Duration.ofMillis(100);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nowNanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final PolicySource policies = new PolicySource(Policies.shipped());
  private final NodeGuards guards = new NodeGuards(policies, meters, () -> 0.5, nowNanos::get);
  private final Decisions decisions =
      new Decisions("n-1", () -> Instant.EPOCH, new Random(1), meters);
  private Outcome judged = Outcome.TIMEOUT;
  private final DependencyGuard guard =
      new DependencyGuard(
          Dependencies.POSTGRES, FAIR, failure -> judged, guards, decisions, vertx, nowNanos::get);

  @AfterEach
  void stop() throws Exception {
    guards.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void call_withoutRules_isMadeAsItIs() {
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture(left)).result()).isEqualTo(LIMIT);
  }

  @Test
  void call_breakerOpen_isNotMadeAndSaysWhy() {
    policy("breakers: [{ name: database, dependency: postgres, minimum-calls: 4 }]");
    for (int i = 0; i < 4; i++) {
      fail(LIMIT);
    }

    AtomicBoolean made = new AtomicBoolean();
    Future<Void> refused =
        guard.run(
            LIMIT,
            left -> {
              made.set(true);
              return Future.succeededFuture();
            });

    assertThat(made).isFalse();
    Decision decision = ((GuardRefusal) refused.cause()).decision();
    assertThat(decisions.find(decision.id())).isEqualTo(decision);
    assertThat(decision.refusal().kind()).isEqualTo(Decision.Kind.BREAKER);
    assertThat(decision.refusal().rule()).isEqualTo("database");
    assertThat(decision.refusal().threshold()).isEqualTo(50);
    assertThat(decision.refusal().observed()).isEqualTo(100);
    assertThat(decision.refusal().retryAfterSeconds()).isEqualTo(5);
    assertThat(decision.refusal().counters())
        .containsExactly(
            new Decision.Counter("calls", 4), new Decision.Counter("remaining-ms", 5_000));

    nowNanos.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("back")).result()).isEqualTo("back");
  }

  @Test
  void call_breakerOfOneDatabaseOpen_isMadeToTheOthers() {
    guards.instances(Dependencies.POSTGRES, List.of("north", "south"));
    policy(
        """
        breakers: [{ name: database, dependency: postgres, minimum-calls: 4 }]
        bulkheads: [{ name: room, dependency: postgres, max-concurrent: 1 }]
        """);
    DependencyGuard north = guardOf("north");
    DependencyGuard south = guardOf("south");
    for (int i = 0; i < 4; i++) {
      north.run(LIMIT, left -> Future.failedFuture("no answer"));
    }

    Future<String> refused = north.run(LIMIT, left -> Future.succeededFuture("made"));
    assertThat(((GuardRefusal) refused.cause()).decision().refusal().rule())
        .isEqualTo("database-of-north");
    Promise<String> slow = Promise.promise();
    Future<String> first = south.run(LIMIT, left -> slow.future());
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("made")).result()).isEqualTo("made");
    assertThat(south.run(LIMIT, left -> Future.succeededFuture("made")).cause())
        .isInstanceOf(GuardRefusal.class);
    slow.complete("slow");
    assertThat(first.result()).isEqualTo("slow");
  }

  private DependencyGuard guardOf(String database) {
    return new DependencyGuard(
        Dependencies.instance(Dependencies.POSTGRES, database),
        FAIR,
        failure -> judged,
        guards,
        decisions,
        vertx,
        nowNanos::get);
  }

  @Test
  void call_failuresThatSayNothingAboutTheDatabase_doNotOpenTheBreaker() {
    policy("breakers: [{ name: database, dependency: postgres, minimum-calls: 4 }]");
    judged = Outcome.CLIENT_ERROR;
    for (int i = 0; i < 20; i++) {
      fail(LIMIT);
    }

    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("made")).result()).isEqualTo("made");
  }

  @Test
  void call_timeoutsOfCallersWhoHaveNoTime_doNotOpenTheBreaker() {
    policy("breakers: [{ name: database, dependency: postgres, minimum-calls: 4 }]");
    for (int i = 0; i < 20; i++) {
      fail(FAIR.minusMillis(1));
    }

    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("made")).result()).isEqualTo("made");
  }

  @Test
  void call_bulkheadFull_isRefusedAtOnce() {
    policy("bulkheads: [{ name: database, dependency: postgres, max-concurrent: 1 }]");
    Promise<String> slow = Promise.promise();
    Future<String> first = guard.run(LIMIT, left -> slow.future());

    Future<String> second = guard.run(LIMIT, left -> Future.succeededFuture("made"));

    Decision.Refusal refusal = ((GuardRefusal) second.cause()).decision().refusal();
    assertThat(refusal.kind()).isEqualTo(Decision.Kind.BULKHEAD);
    assertThat(refusal.observed()).isEqualTo(1);
    assertThat(refusal.counters())
        .containsExactly(new Decision.Counter("inside", 1), new Decision.Counter("waiting", 0));
    slow.complete("slow");
    assertThat(first.result()).isEqualTo("slow");
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("third")).result())
        .isEqualTo("third");
  }

  @Test
  void call_thatFailsOrThrows_givesItsPlaceBack() {
    policy("bulkheads: [{ name: database, dependency: postgres, max-concurrent: 1 }]");

    fail(LIMIT);
    assertThat(
            guard
                .run(
                    LIMIT,
                    left -> {
                      throw new IllegalStateException("a bug");
                    })
                .cause())
        .hasMessage("a bug");
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("made")).result()).isEqualTo("made");
  }

  @Test
  void call_thatWaited_isMadeOnItsOwnContextWithWhatIsLeft() throws Exception {
    policy(
        """
        bulkheads:
          - { name: database, dependency: postgres, max-concurrent: 1, max-waiting: 1, max-wait: 9s }
        """);
    Promise<String> slow = Promise.promise();
    guard.run(LIMIT, left -> slow.future());
    Context context = vertx.getOrCreateContext();
    Promise<Duration> left = Promise.promise();
    Promise<Void> queued = Promise.promise();
    context.runOnContext(
        now -> {
          guard
              .run(
                  LIMIT,
                  rest -> {
                    assertThat(Vertx.currentContext()).isSameAs(context);
                    return Future.succeededFuture(rest);
                  })
              .onComplete(left);
          queued.complete();
        });
    await(queued.future());

    Duration waited = Duration.ofMillis(4);
    nowNanos.addAndGet(waited.toNanos());
    slow.complete("done");

    assertThat(await(left.future())).isEqualTo(LIMIT.minus(waited));
  }

  @Test
  void call_whoseTimeEndsWhileItWaits_leavesTheQueue() throws Exception {
    policy(
        """
        bulkheads:
          - { name: database, dependency: postgres, max-concurrent: 1, max-waiting: 1, max-wait: 9s }
        """);
    guard.run(LIMIT, left -> Promise.promise().future());

    Future<Object> waits = guard.run(Duration.ofMillis(1), left -> Future.succeededFuture("made"));

    assertThat(waits.otherwise(failure -> failure.getClass()).await(10, TimeUnit.SECONDS))
        .isEqualTo(GuardRefusal.class);
    assertThat(room(0).waiting()).isZero();
  }

  @Test
  void call_whoseBulkheadIsChangedWhileItWaits_goesByTheNewRules() {
    policy(
        """
        bulkheads:
          - { name: all, dependency: postgres, max-concurrent: 3 }
          - { name: few, dependency: postgres, max-concurrent: 1, max-waiting: 1, max-wait: 9s }
        """);
    Promise<String> first = Promise.promise();
    Promise<String> second = Promise.promise();
    AtomicBoolean made = new AtomicBoolean();
    guard.run(LIMIT, left -> first.future());
    Future<String> waits =
        guard.run(
            LIMIT,
            left -> {
              made.set(true);
              return second.future();
            });
    Bulkhead all = room(0);
    assertThat(made).isFalse();

    policy(
        """
        bulkheads:
          - { name: all, dependency: postgres, max-concurrent: 3 }
          - { name: few, dependency: postgres, max-concurrent: 2 }
        """);

    assertThat(made).isTrue();
    assertThat(room(0)).isSameAs(all);
    assertThat(all.inside()).isEqualTo(2);
    assertThat(room(1).inside()).isEqualTo(1);
    first.complete("first");
    second.complete("second");
    assertThat(waits.result()).isEqualTo("second");
    assertThat(all.inside()).isZero();
    assertThat(room(1).inside()).isZero();
    assertThat(decisions.since(0, 1)).isEmpty();
  }

  @Test
  void call_whoseBulkheadIsGoneWhileItWaits_isMadeBehindTheBreakerOfTheNewRules() {
    policy(
        """
        bulkheads:
          - { name: database, dependency: postgres, max-concurrent: 1, max-waiting: 1, max-wait: 9s }
        """);
    guard.run(LIMIT, left -> Promise.promise().future());
    Future<Object> waits = guard.run(LIMIT, left -> Future.failedFuture("no answer"));

    policy("breakers: [{ name: database, dependency: postgres, minimum-calls: 1 }]");

    assertThat(waits.cause()).hasMessage("no answer");
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("made")).cause())
        .isInstanceOf(GuardRefusal.class);
  }

  @Test
  void call_afterTheGuardsWereClosed_isRefusedOnce() {
    policy("bulkheads: [{ name: database, dependency: postgres, max-concurrent: 1 }]");
    guards.close();

    Future<String> refused = guard.run(LIMIT, left -> Future.succeededFuture("made"));

    assertThat(refused.cause()).isInstanceOf(GuardRefusal.class);
    assertThat(decisions.since(0, 10)).hasSize(1);
  }

  @Test
  void call_whoseLoopIsGoneWhenItsTurnComes_givesItsPlaceBack() throws Exception {
    policy(
        """
        bulkheads:
          - { name: database, dependency: postgres, max-concurrent: 1, max-waiting: 1, max-wait: 9s }
        """);
    Promise<String> slow = Promise.promise();
    guard.run(LIMIT, left -> slow.future());
    Vertx other = Vertx.vertx();
    Promise<Void> queued = Promise.promise();
    other.runOnContext(
        now -> {
          guard.run(LIMIT, left -> Future.succeededFuture("made"));
          queued.complete();
        });
    await(queued.future());
    await(other.close());
    assertThat(room(0).waiting()).isEqualTo(1);

    slow.complete("done");

    assertThat(room(0).inside()).isZero();
    assertThat(guard.run(LIMIT, left -> Future.succeededFuture("next")).result()).isEqualTo("next");
  }

  private Bulkhead room(int place) {
    return guards.current().bulkheadsOf(Dependencies.POSTGRES).get(place);
  }

  private void fail(Duration limit) {
    Future<Object> failed = guard.run(limit, left -> Future.failedFuture("no answer"));
    assertThat(failed.cause()).hasMessage("no answer");
  }

  private static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(10, TimeUnit.SECONDS);
  }

  private void policy(String yaml) {
    policies.replace(((Policies.Parsed.Good) Policies.parse("policies.yaml", yaml)).policies());
  }
}
