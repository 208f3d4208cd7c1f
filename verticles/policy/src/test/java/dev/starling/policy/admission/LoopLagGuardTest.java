package dev.starling.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.bus.Priority;
import dev.starling.policy.rule.SheddingRule;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoopLagGuardTest {
  private static final SheddingRule RULE = new SheddingRule(true, Duration.ofMillis(20), 85, 92);

  private final LoopLagGuard guard = new LoopLagGuard(RULE, 0);
  private final SplittableRandom random = new SplittableRandom(1);
  private long now;

  @Test
  void guard_lagAsTolerated_admitsEverything() {
    for (int i = 0; i < 10; i++) {
      assertThat(second(20, 100, 100, 100)).isEqualTo(300);
    }
    assertThat(guard.share()).isEqualTo(1);
  }

  @Test
  void guard_lateLoops_admitATwentiethLessEachSecond() {
    second(21, 100, 100, 100);
    assertThat(guard.share()).isCloseTo(0.95, within(1e-9));
    second(21, 100, 100, 100);
    assertThat(guard.share()).isCloseTo(0.95 * 0.95, within(1e-9));
    assertThat(guard.meanLagNanos()).isEqualTo(millis(21));
  }

  @Test
  void guard_loopsInTimeAgain_admitAHundredthMoreEachSecond() {
    second(21, 100, 100, 100);
    second(21, 100, 100, 100);
    double low = guard.share();

    second(10, 100, 100, 100);
    assertThat(guard.share()).isCloseTo(low + 0.01, within(1e-9));
    for (int i = 0; i < 10; i++) {
      second(10, 100, 100, 100);
    }
    assertThat(guard.share()).isEqualTo(1);
  }

  @Test
  void guard_loopsThatAreHardlyLate_admitTwiceAsMuchEachSecond() {
    for (int i = 0; i < 40; i++) {
      second(100, 100, 100, 100);
    }
    double low = guard.share();
    assertThat(low).isLessThan(0.2);

    second(1, 100, 100, 100);
    assertThat(guard.share()).isCloseTo(2 * low, within(1e-9));
    second(1, 100, 100, 100);
    second(1, 100, 100, 100);
    assertThat(guard.share()).isEqualTo(1);
  }

  @Test
  void guard_lateLoopsOfAnIdleNode_refuseNobodyForLong() {
    for (int i = 0; i < 30; i++) {
      second(100, 0, 1, 0);
    }
    assertThat(guard.share()).as("nobody is refused for what they did not do").isEqualTo(1);

    second(1, 100, 100, 100);
    second(1, 100, 100, 100);
    second(1, 100, 100, 100);
    second(1, 100, 100, 100);
    assertThat(second(1, 100, 100, 100)).isEqualTo(300);
  }

  @Test
  void guard_oneLongTurnOfABusyNode_refusesNobody() {
    admitted(Priority.NORMAL, 5_000);
    now += millis(150);
    guard.lag(millis(90), now);
    assertThat(guard.share()).as("one lag is no average").isEqualTo(1);

    for (int i = 0; i < 4; i++) {
      now += millis(20);
      guard.lag(0, now);
    }
    assertThat(guard.meanLagNanos()).as("90 ms among five").isEqualTo(millis(18));
    assertThat(guard.share()).isEqualTo(1);
  }

  @Test
  void guard_excess_isTakenFromTheLeastImportant() {
    for (int i = 0; i < 10; i++) {
      second(100, 100, 100, 100); // 0.95^10 = 0.60 of 300 may come in
    }
    int critical = admitted(Priority.CRITICAL, 1_000);
    int normal = admitted(Priority.NORMAL, 1_000);
    int sheddable = admitted(Priority.SHEDDABLE, 1_000);

    assertThat(critical).isEqualTo(1_000);
    assertThat(normal).as("180 are left: 100 critical, 80 of 100 normal").isBetween(750, 850);
    assertThat(sheddable).isZero();
    assertThat(admitted(Priority.OPERATIONS, 1_000)).isEqualTo(1_000);
  }

  @Test
  void guard_loadThatGoes_refusesNobodyAnyMore() {
    for (int i = 0; i < 20; i++) {
      second(100, 500, 500, 500);
    }
    assertThat(guard.share()).isLessThan(0.4);

    second(1, 100, 100, 100);
    assertThat(guard.share()).as("fewer come than may").isEqualTo(1);
    assertThat(second(1, 100, 100, 100)).isEqualTo(300);
  }

  @Test
  void guard_sameChance_decidesTheSame() {
    LoopLagGuard other = new LoopLagGuard(RULE, 0);
    SplittableRandom mine = new SplittableRandom(42);
    SplittableRandom its = new SplittableRandom(42);
    long time = 0;
    for (int i = 0; i < 10_000; i++) {
      Priority priority = Priority.values()[i % 4];
      assertThat(guard.admits(priority, mine)).isEqualTo(other.admits(priority, its));
      if (i % 100 == 0) {
        time += millis(200);
        guard.lag(millis(30), time);
        other.lag(millis(30), time);
      }
    }
    assertThat(guard.share()).isLessThan(1);
  }

  /**
   * A loop that needs 100 µs for a request and 2 µs to refuse one, at five times what it can do.
   * All that came while it was busy is there when it looks again, from 5,000 connections at most.
   */
  @Test
  void guard_fiveTimesWhatALoopCanDo_keepsItInTime() {
    Loop unguarded = new Loop(null);
    unguarded.run(30, 50_000);
    Loop guarded = new Loop(guard);
    guarded.run(30, 50_000);

    assertThat(unguarded.meanLagMillis()).as("without").isGreaterThan(200);
    assertThat(guarded.meanLagMillis()).as("with").isLessThan(40);
    assertThat(guarded.servedPerSecond()).isGreaterThan(8_500);
    assertThat(guarded.criticalPercent()).isGreaterThan(99);

    guarded.run(10, 8_000);
    assertThat(guarded.refusedInTheLastSeconds).as("after it").isZero();
  }

  private final class Loop {
    private final @Nullable LoopLagGuard guard;
    private final SplittableRandom chance = new SplittableRandom(3);
    private long time;
    private long timerDue;
    private long settledAt;
    private double lagSum;
    private int lags;
    private long served;
    private long criticals;
    private long criticalsServed;
    private long refusedInTheLastSeconds;

    Loop(@Nullable LoopLagGuard guard) {
      this.guard = guard;
    }

    /** The figures are those of the second half. */
    void run(int seconds, int perSecond) {
      long end = time + Duration.ofSeconds(seconds).toNanos();
      settledAt = time + Duration.ofSeconds(seconds / 2).toNanos();
      lagSum = lags = 0;
      served = criticals = criticalsServed = refusedInTheLastSeconds = 0;
      long lookedAt = time;
      double owed = 0;
      while (time < end) {
        owed += (time - lookedAt) / 1e9 * perSecond;
        lookedAt = time;
        int ready = (int) Math.min(owed, 5_000);
        owed = Math.min(owed - ready, 0.999);
        for (int i = 0; i < ready; i++) {
          request();
        }
        if (ready == 0) {
          time += 10_000;
        }
        if (time >= timerDue) {
          tick(time - timerDue);
          timerDue = time + millis(20);
        }
      }
    }

    private void request() {
      int draw = chance.nextInt(10);
      Priority priority =
          draw == 0 ? Priority.CRITICAL : draw < 4 ? Priority.SHEDDABLE : Priority.NORMAL;
      boolean admitted = guard == null || guard.admits(priority, chance);
      time += admitted ? 100_000 : 2_000;
      if (time > settledAt) {
        served += admitted ? 1 : 0;
        refusedInTheLastSeconds += admitted ? 0 : 1;
        criticals += draw == 0 ? 1 : 0;
        criticalsServed += draw == 0 && admitted ? 1 : 0;
      }
    }

    private void tick(long lag) {
      if (guard != null) {
        guard.lag(lag, time);
      }
      if (time > settledAt) {
        lagSum += lag;
        lags++;
      }
    }

    double meanLagMillis() {
      return lagSum / lags / 1e6;
    }

    double servedPerSecond() {
      return served * 1e9 / (time - settledAt);
    }

    double criticalPercent() {
      return 100.0 * criticalsServed / criticals;
    }
  }

  /** One second of requests and of a lag; returns how many were admitted. */
  private int second(long lagMillis, int critical, int normal, int sheddable) {
    int admitted =
        admitted(Priority.CRITICAL, critical)
            + admitted(Priority.NORMAL, normal)
            + admitted(Priority.SHEDDABLE, sheddable);
    now += Duration.ofSeconds(1).toNanos();
    guard.lag(millis(lagMillis), now);
    return admitted;
  }

  private int admitted(Priority priority, int requests) {
    int admitted = 0;
    for (int i = 0; i < requests; i++) {
      admitted += guard.admits(priority, random) ? 1 : 0;
    }
    return admitted;
  }

  private static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
