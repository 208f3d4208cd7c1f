package dev.starling.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
  private static final ConcurrencyRule RULE = ConcurrencyRule.of("all", Match.EVERYTHING);
  private static final Percentage HISTOGRAM = Percentage.withPercentage(3.2);

  private final AdaptiveLimit limit = new AdaptiveLimit(RULE, 0);
  private long now;

  @Test
  void limit_callsThatTakeAsLongAsUsual_growsByAFifthOfTheQueue() {
    window(10, 20);

    assertThat(limit.limit()).isCloseTo(20 + 0.2 * 4, within(1e-9));
    assertThat(limit.unloadedNanos()).isCloseTo(millis(10), HISTOGRAM);
  }

  @Test
  void limit_callsThatTakeThreeTimesAsLong_shrinksByATenthAtMost() {
    window(10, 20);
    double before = limit.limit();

    window(100, 20);

    assertThat(limit.limit()).isCloseTo(0.8 * before + 0.2 * (0.5 * before + 4), within(1e-9));
  }

  @Test
  void limit_halfUsedAtMost_staysAsItIs() {
    window(10, 9);
    window(100, 9);

    assertThat(limit.limit()).isEqualTo(20);
  }

  @Test
  void limit_timeouts_shrinkIt() {
    for (int i = 0; i < 19; i++) {
      limit.answered(millis(10), 20, now);
    }
    limit.timedOut(20, now);
    now += millis(250);
    limit.timedOut(20, now);

    assertThat(limit.limit()).isCloseTo(18, within(1e-9));
  }

  @Test
  void limit_oneTimeoutOfMany_isAStray() {
    for (int i = 0; i < 99; i++) {
      limit.answered(millis(10), 20, now);
    }
    limit.timedOut(20, now);
    now += millis(250);
    limit.answered(millis(10), 20, now);

    assertThat(limit.limit()).isGreaterThan(20);
  }

  @Test
  void limit_fewSamples_waitsForMore() {
    now += millis(250);
    for (int i = 0; i < 19; i++) {
      limit.answered(millis(10), 20, now);
    }
    assertThat(limit.limit()).isEqualTo(20);

    limit.answered(millis(10), 20, now);
    assertThat(limit.limit()).isGreaterThan(20);
  }

  @Test
  void limit_neverLeavesItsBounds() {
    windows(4_000, 10, 1_000);
    assertThat(limit.limit()).isEqualTo(RULE.max());

    for (int i = 0; i < 200; i++) {
      for (int call = 0; call < 20; call++) {
        limit.timedOut(1_000, now);
      }
      now += millis(250);
    }
    assertThat(limit.limit()).isEqualTo(RULE.min());
  }

  @Test
  void unloaded_duringAnOverload_isNotLearned() {
    windows(40, 10, 20);

    windows(39, 20, 1_000);

    assertThat(limit.unloadedNanos()).isCloseTo(millis(10), HISTOGRAM);
  }

  @Test
  void unloaded_whileSomebodyIsRefused_isNotLearnedEvenIfItIsUsual() {
    windows(40, 10, 20);
    for (int i = 0; i < 39; i++) {
      limit.refused();
      window(14, 1_000);
    }

    assertThat(limit.unloadedNanos()).isCloseTo(millis(10), HISTOGRAM);
  }

  @Test
  void limit_afterTenSecondsOfOverload_isHalvedForTwoWindowsToMeasure() {
    windows(40, 10, 20);
    windows(39, 20, 1_000);
    double overloaded = limit.limit();

    window(20, 1_000);
    assertThat(limit.limit()).isCloseTo(overloaded / 2, within(1e-9));
    window(20, 1_000); // what was in flight before
    assertThat(limit.limit()).isCloseTo(overloaded / 2, within(1e-9));
    window(11, (int) (overloaded / 2)); // without a queue
    assertThat(limit.limit()).isCloseTo(overloaded, within(1e-9));
    assertThat(limit.unloadedNanos()).as("it was an overload").isCloseTo(millis(11), HISTOGRAM);
  }

  @Test
  void limit_serviceThatIsSlowerForGood_growsAgainAfterTenSeconds() {
    windows(40, 10, 20);
    windows(39, 30, 1_000);
    assertThat(limit.limit()).isLessThan(10);

    windows(60, 30, 1_000);

    assertThat(limit.unloadedNanos()).isCloseTo(millis(30), HISTOGRAM);
    assertThat(limit.limit()).isGreaterThan(40);
  }

  @Test
  void unloaded_slowerWithoutPressure_isLearnedAfterTenSecondsWithoutHalving() {
    windows(40, 10, 20);
    double before = limit.limit();

    windows(42, 30, 2);

    assertThat(limit.limit()).isEqualTo(before);
    assertThat(limit.unloadedNanos()).isCloseTo(millis(30), HISTOGRAM);
  }

  @Test
  void unloaded_overloadThatWasLearned_isForgottenFast() {
    windows(40, 100, 2);

    windows(40, 10, 2);

    assertThat(limit.unloadedNanos()).isLessThan(2.1 * millis(10));
  }

  @Test
  void limit_notAdaptive_staysAsItIs() {
    AdaptiveLimit fixed =
        new AdaptiveLimit(new ConcurrencyRule("x", Match.EVERYTHING, 50, 1, 100, false), 0);
    for (int i = 0; i < 100; i++) {
      fixed.answered(millis(10), 50, now);
      fixed.timedOut(50, now);
      now += millis(250);
    }

    assertThat(fixed.limit()).isEqualTo(50);
  }

  @Test
  void histogram_median_isWithinAThirtySecond() {
    RttHistogram histogram = new RttHistogram();
    for (long nanos = 1_100; nanos < Duration.ofMinutes(15).toNanos(); nanos = nanos * 7 / 5) {
      histogram.add(nanos / 2);
      histogram.add(nanos);
      histogram.add(nanos * 2);
      if (nanos > 3_000) {
        assertThat(histogram.drainMedian()).isCloseTo(nanos, HISTOGRAM);
      } else {
        histogram.clear();
      }
      assertThat(histogram.count()).isZero();
    }
  }

  @Test
  void histogram_extremes_countAtTheEnds() {
    RttHistogram histogram = new RttHistogram();
    histogram.add(-5);
    histogram.add(0);
    histogram.add(Long.MAX_VALUE);

    assertThat(histogram.count()).isEqualTo(3);
    assertThat(histogram.drainMedian()).isCloseTo(1_024, HISTOGRAM);
  }

  private void windows(int count, long rttMillis, int inFlight) {
    for (int i = 0; i < count; i++) {
      window(rttMillis, inFlight);
    }
  }

  private void window(long rttMillis, int inFlight) {
    for (int i = 0; i < 20; i++) {
      limit.answered(millis(rttMillis), inFlight, now);
    }
    now += millis(250);
    limit.answered(millis(rttMillis), inFlight, now);
  }

  private static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
