package dev.starling.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutcomesTest {
  private static final long MILLI = 1_000_000;

  private final Outcomes outcomes = new Outcomes(500 * MILLI);

  @Test
  void success_afterTheDeadline_isOneButNoGoodOne() {
    end(200, 499);
    end(200, 501);

    assertThat(outcomes.succeeded()).isEqualTo(2);
    assertThat(outcomes.good()).isEqualTo(1);
    assertThat(outcomes.failed()).isZero();
  }

  @Test
  void failures_areCountedByStatus_andRefusalsKeepTheirTime() {
    end(503, 2);
    end(429, 2);
    end(504, 500);
    end(0, 600);

    assertThat(outcomes.offered()).isEqualTo(4);
    assertThat(outcomes.refused()).isEqualTo(2);
    assertThat(outcomes.others(504)).isEqualTo(1);
    assertThat(outcomes.others(0)).isEqualTo(1);
    assertThat(outcomes.failed()).isEqualTo(4);
    assertThat(outcomes.refusedMillis(99)).isBetween(1.9, 2.1);
  }

  private void end(int status, long millis) {
    outcomes.offer();
    outcomes.end(status, millis * MILLI);
  }
}
