package dev.starling.cluster.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final long SECOND = 1_000_000_000L;

  private final FailedAttempts attempts = new FailedAttempts(3, WINDOW, 2);

  @Test
  void address_belowTheLimit_mayTry() {
    attempts.failed("a", 0);
    attempts.failed("a", 1);

    assertThat(attempts.waitNanos("a", 2)).isZero();
  }

  @Test
  void address_atTheLimit_waitsForTheWindowsEnd() {
    fail("a", 3, 0);

    assertThat(attempts.waitNanos("a", SECOND)).isEqualTo(9 * SECOND);
    assertThat(attempts.waitNanos("b", SECOND)).isZero();
    assertThat(attempts.waitNanos("a", 10 * SECOND)).isZero();
  }

  @Test
  void window_ended_countsFromNothing() {
    fail("a", 2, 0);
    fail("a", 2, 11 * SECOND);

    assertThat(attempts.waitNanos("a", 12 * SECOND)).isZero();
    fail("a", 1, 12 * SECOND);
    assertThat(attempts.waitNanos("a", 12 * SECOND)).isEqualTo(9 * SECOND);
  }

  @Test
  void clock_thatWraps_keepsTheWindow() {
    fail("a", 3, Long.MAX_VALUE - 5);

    assertThat(attempts.waitNanos("a", Long.MIN_VALUE + 4)).isEqualTo(WINDOW.toNanos() - 10);
  }

  @Test
  void addresses_moreThanAreRemembered_forgetTheFirst() {
    fail("a", 3, 0);
    fail("b", 3, 1);
    fail("c", 3, 2);

    assertThat(attempts.waitNanos("a", 3)).isZero();
    assertThat(attempts.waitNanos("b", 3)).isPositive();
    assertThat(attempts.waitNanos("c", 3)).isPositive();
  }

  private void fail(String address, int times, long nowNanos) {
    for (int i = 0; i < times; i++) {
      attempts.failed(address, nowNanos);
    }
  }
}
