package dev.starling.policy.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.breaker.BreakerReport.Cause;
import dev.starling.policy.breaker.BreakerReport.State;
import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.Dependencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CircuitBreakerTest {
  private static final long QUICK = Duration.ofMillis(5).toNanos();

  private static final BreakerRule RULE =
      BreakerRule.ofDependency("postgres", Dependencies.POSTGRES);

  private final List<State> changes = new ArrayList<>();
  private double random = 0.5; // no jitter

  /** Near the end of what a long holds: {@link System#nanoTime()} may wrap. */
  private long now = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

  private final CircuitBreaker breaker =
      new CircuitBreaker(RULE, () -> random, (changed, after) -> changes.add(after.state()), now);

  @Test
  void breaker_19of19Failed_staysClosed() {
    calls(19, Outcome.TIMEOUT);

    assertThat(state()).isEqualTo(State.CLOSED);
  }

  @Test
  void breaker_10of20Failed_opens() {
    calls(10, Outcome.SERVER_ERROR);
    calls(9, Outcome.SUCCESS);
    assertThat(state()).as("19 calls").isEqualTo(State.CLOSED);

    calls(1, Outcome.SUCCESS);

    assertThat(breaker.report(now))
        .isEqualTo(
            new BreakerReport(
                State.OPEN, Cause.FAILURES, 50, 50, 20, Duration.ofSeconds(5).toNanos()));
    assertThat(changes).containsExactly(State.OPEN);
  }

  @Test
  void breaker_49PercentOf1000Failed_staysClosed() {
    for (int i = 0; i < 1_000; i++) {
      // Evenly spread, successes first: the share never is above 49 % from the 20th call on.
      boolean fails = (i + 1) * 49 / 100 > i * 49 / 100;
      calls(1, fails ? Outcome.CONNECT_ERROR : Outcome.SUCCESS);
    }

    assertThat(state()).isEqualTo(State.CLOSED);
    assertThat(breaker.report(now).observedPercent()).isEqualTo(49);
  }

  @Test
  void breaker_everySecondCallFails_opens() {
    for (int i = 0; i < 10; i++) {
      calls(1, Outcome.SUCCESS);
      calls(1, Outcome.TIMEOUT);
    }

    assertThat(state()).isEqualTo(State.OPEN);
  }

  @Test
  void breaker_1000CallsAtOnceWhenHalfOpen_letsExactlyThreeThrough() throws Exception {
    trip();
    advance(Duration.ofSeconds(5));
    long at = now;

    assertThat(entered(1_000, at)).isEqualTo(3);
    assertThat(breaker.refused()).isEqualTo(997);
  }

  @Test
  void breaker_successFromBeforeTheTrip_closesNothing() {
    long stale = breaker.tryEnter(now);
    long alsoStale = breaker.tryEnter(now);
    long thirdStale = breaker.tryEnter(now);
    trip();
    advance(Duration.ofSeconds(5));
    long trial = breaker.tryEnter(now);

    breaker.leave(stale, Outcome.SUCCESS, QUICK, now);
    breaker.leave(alsoStale, Outcome.SUCCESS, QUICK, now);
    breaker.leave(thirdStale, Outcome.SUCCESS, QUICK, now);

    assertThat(trial).isNotEqualTo(CircuitBreaker.REFUSED);
    assertThat(state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void breaker_failureFromBeforeTheTrip_opensNothing() {
    List<Long> stale = enter(50);
    trip();
    advance(Duration.ofSeconds(5));
    enter(3).forEach(trial -> breaker.leave(trial, Outcome.SUCCESS, QUICK, now));

    stale.forEach(permit -> breaker.leave(permit, Outcome.TIMEOUT, QUICK, now));

    assertThat(state()).isEqualTo(State.CLOSED);
    assertThat(breaker.report(now).calls()).isZero();
  }

  @Test
  void breaker_trialFromTheHalfOpenBefore_doesNotCount() {
    trip();
    advance(Duration.ofSeconds(5));
    List<Long> first = enter(3);
    breaker.leave(first.get(0), Outcome.TIMEOUT, QUICK, now);
    advance(Duration.ofSeconds(10));
    List<Long> second = enter(3);
    breaker.leave(second.get(0), Outcome.SUCCESS, QUICK, now);
    breaker.leave(second.get(1), Outcome.SUCCESS, QUICK, now);

    breaker.leave(first.get(1), Outcome.SUCCESS, QUICK, now);
    breaker.leave(first.get(2), Outcome.TIMEOUT, QUICK, now);

    assertThat(state()).isEqualTo(State.HALF_OPEN);
    breaker.leave(second.get(2), Outcome.SUCCESS, QUICK, now);
    assertThat(state()).isEqualTo(State.CLOSED);
  }

  @Test
  void breaker_open_refusesUntilTheWaitIsOver() {
    trip();

    advance(Duration.ofSeconds(5).minusNanos(1));
    assertThat(breaker.tryEnter(now)).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.report(now).remainingNanos()).isEqualTo(1);

    advance(Duration.ofNanos(1));
    assertThat(breaker.tryEnter(now)).isNotEqualTo(CircuitBreaker.REFUSED);
  }

  @Test
  void breaker_healedDependency_isClosedAsSoonAsThreeTrialsPassed() {
    trip();
    advance(Duration.ofSeconds(5));

    enter(3).forEach(trial -> breaker.leave(trial, Outcome.SUCCESS, QUICK, now));

    assertThat(state()).isEqualTo(State.CLOSED);
    assertThat(changes).containsExactly(State.OPEN, State.HALF_OPEN, State.CLOSED);
  }

  @Test
  void breaker_oneOfThreeTrialsFails_opensForTwiceAsLong() {
    trip();
    advance(Duration.ofSeconds(5));
    List<Long> trials = enter(3);
    breaker.leave(trials.get(0), Outcome.SUCCESS, QUICK, now);
    breaker.leave(trials.get(1), Outcome.SUCCESS, QUICK, now);

    breaker.leave(trials.get(2), Outcome.SERVER_ERROR, QUICK, now);

    BreakerReport report = breaker.report(now);
    assertThat(report.state()).isEqualTo(State.OPEN);
    assertThat(report.cause()).isEqualTo(Cause.TRIAL);
    assertThat(report.remainingNanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
  }

  @Test
  void breaker_trialsThatKeepFailing_waitsUpToAMinute() {
    trip();
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      long remaining = breaker.report(now).remainingNanos();
      waits.add(TimeUnit.NANOSECONDS.toSeconds(remaining));
      now += remaining;
      breaker.leave(breaker.tryEnter(now), Outcome.TIMEOUT, QUICK, now);
    }
    assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);

    now += breaker.report(now).remainingNanos();
    enter(3).forEach(trial -> breaker.leave(trial, Outcome.SUCCESS, QUICK, now));
    trip();
    assertThat(breaker.report(now).remainingNanos())
        .as("after it was closed it starts again")
        .isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void breaker_jitter_isAFifthEitherWay() {
    random = 0;
    trip();
    assertThat(breaker.report(now).remainingNanos()).isEqualTo(Duration.ofSeconds(4).toNanos());

    random = 1;
    now += breaker.report(now).remainingNanos();
    breaker.leave(breaker.tryEnter(now), Outcome.TIMEOUT, QUICK, now);
    assertThat(breaker.report(now).remainingNanos()).isEqualTo(Duration.ofSeconds(12).toNanos());
  }

  @Test
  void breaker_trialThatNeverComesBack_isGivenUp() {
    trip();
    advance(Duration.ofSeconds(5));
    List<Long> trials = enter(3);
    advance(Duration.ofSeconds(10).minusNanos(1));
    assertThat(breaker.tryEnter(now)).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(state()).isEqualTo(State.HALF_OPEN);

    advance(Duration.ofNanos(1));
    assertThat(breaker.tryEnter(now)).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(state()).isEqualTo(State.OPEN);

    trials.forEach(late -> breaker.leave(late, Outcome.SUCCESS, QUICK, now));
    assertThat(state()).isEqualTo(State.OPEN);
  }

  @Test
  void breaker_trialThatProvesNothing_givesItsPlaceToTheNext() {
    trip();
    advance(Duration.ofSeconds(5));
    List<Long> trials = enter(3);
    assertThat(breaker.tryEnter(now)).isEqualTo(CircuitBreaker.REFUSED);

    breaker.leave(trials.get(1), Outcome.CANCELLED, QUICK, now);

    assertThat(breaker.tryEnter(now)).isNotEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.tryEnter(now)).isEqualTo(CircuitBreaker.REFUSED);
  }

  @Test
  void breaker_trialAnsweredWithTheCallersFault_passes() {
    trip();
    advance(Duration.ofSeconds(5));

    enter(3).forEach(trial -> breaker.leave(trial, Outcome.CLIENT_ERROR, QUICK, now));

    assertThat(state()).isEqualTo(State.CLOSED);
  }

  @Test
  void breaker_slowTrial_fails() {
    trip();
    advance(Duration.ofSeconds(5));

    breaker.leave(breaker.tryEnter(now), Outcome.SUCCESS, Duration.ofSeconds(2).toNanos(), now);

    assertThat(state()).isEqualTo(State.OPEN);
  }

  @Test
  void breaker_fourFifthsSlow_opens() {
    long slow = Duration.ofSeconds(1).toNanos() + 1;
    for (int i = 0; i < 4; i++) {
      breaker.leave(breaker.tryEnter(now), Outcome.SUCCESS, slow - 1, now);
    }
    for (int i = 0; i < 15; i++) {
      breaker.leave(breaker.tryEnter(now), Outcome.SUCCESS, slow, now);
    }
    assertThat(state()).isEqualTo(State.CLOSED);

    breaker.leave(breaker.tryEnter(now), Outcome.SUCCESS, slow, now);

    assertThat(breaker.report(now).cause()).isEqualTo(Cause.SLOW_CALLS);
    assertThat(breaker.report(now).observedPercent()).isEqualTo(80);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"CLIENT_ERROR", "SHED", "CANCELLED"})
  void breaker_whatSaysNothingAboutTheDependency_isNotCounted(Outcome outcome) {
    calls(100, outcome);

    assertThat(state()).isEqualTo(State.CLOSED);
    assertThat(breaker.report(now).calls()).isZero();
  }

  @Test
  void breaker_failuresOfMoreThanAWindowAgo_areForgotten() {
    calls(19, Outcome.TIMEOUT);
    advance(Duration.ofSeconds(10));

    calls(1, Outcome.TIMEOUT);

    assertThat(state()).isEqualTo(State.CLOSED);
    assertThat(breaker.report(now).calls()).isEqualTo(1);
  }

  @Test
  void breaker_failuresFromManyThreads_areAllCounted() throws Exception {
    long at = now;
    BreakerRule patient =
        new BreakerRule(
            "patient",
            Dependencies.POSTGRES,
            null,
            RULE.window(),
            8_000,
            100,
            RULE.slowCall(),
            100,
            RULE.sleep(),
            RULE.maxSleep(),
            3);
    AtomicInteger opened = new AtomicInteger();
    CircuitBreaker shared =
        new CircuitBreaker(patient, () -> 0, (b, after) -> opened.incrementAndGet(), at);
    together(
        8,
        () -> {
          for (int i = 0; i < 1_000; i++) {
            shared.leave(shared.tryEnter(at), Outcome.TIMEOUT, QUICK, at);
          }
        });

    assertThat(opened).as("all 8,000 were counted, and it opened once").hasValue(1);
    assertThat(shared.report(at).calls()).isEqualTo(8_000);
  }

  @Test
  void breaker_threadsThatFailAndPassAtRandom_neverHaveMoreThanThreeTrials() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CircuitBreaker shared = new CircuitBreaker(RULE, () -> 0.5, (b, after) -> {}, 0);
    for (int i = 0; i < 20; i++) {
      shared.leave(shared.tryEnter(0), Outcome.TIMEOUT, QUICK, 0);
    }
    long later = Duration.ofSeconds(5).toNanos();
    together(
        8,
        () -> {
          for (int i = 0; i < 10_000; i++) {
            long permit = shared.tryEnter(later);
            if (permit != CircuitBreaker.REFUSED) {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.yield(); // so that others get here, if they may
              running.decrementAndGet();
              shared.leave(permit, Outcome.CANCELLED, QUICK, later);
            }
          }
        });

    assertThat(most.get()).isBetween(1, 3);
    assertThat(shared.report(later).state()).isEqualTo(State.HALF_OPEN);
  }

  private int entered(int callers, long at) throws Exception {
    AtomicInteger entered = new AtomicInteger();
    int threads = 8;
    together(
        threads,
        () -> {
          for (int i = 0; i < callers / threads; i++) {
            if (breaker.tryEnter(at) != CircuitBreaker.REFUSED) {
              entered.incrementAndGet();
            }
          }
        });
    return entered.get();
  }

  private static void together(int threads, Runnable work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  work.run();
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void trip() {
    calls(20, Outcome.TIMEOUT);
    assertThat(state()).isEqualTo(State.OPEN);
  }

  private void calls(int count, Outcome outcome) {
    for (int i = 0; i < count; i++) {
      breaker.leave(breaker.tryEnter(now), outcome, QUICK, now);
    }
  }

  private List<Long> enter(int count) {
    List<Long> permits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      permits.add(breaker.tryEnter(now));
    }
    assertThat(permits).doesNotContain(CircuitBreaker.REFUSED);
    return permits;
  }

  private State state() {
    return breaker.report(now).state();
  }

  private void advance(Duration step) {
    now += step.toNanos();
  }
}
