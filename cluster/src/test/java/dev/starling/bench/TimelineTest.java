package dev.starling.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TimelineTest {
  private static final long TENTH = 100_000_000;

  @Test
  void recovery_afterAGap_isWhereAGoodSecondBegins() {
    Timeline timeline = new Timeline(7 * TENTH, 4);
    for (int slot = 0; slot < 40; slot++) {
      if (slot < 10 || slot >= 23) {
        timeline.good((7 + slot) * TENTH);
      }
    }

    assertThat(timeline.secondsUntil(0, 10)).isZero();
    assertThat(timeline.secondsUntil(1, 10)).isEqualTo(1.3);
    assertThat(timeline.bySecond()).containsExactly(10, 0, 7, 10);
  }

  @Test
  void recovery_thatNeverComes_isInfinite() {
    Timeline timeline = new Timeline(0, 3);

    assertThat(timeline.secondsUntil(1, 1)).isInfinite();
  }

  @Test
  void answers_outsideOfTheRun_areLeftOut() {
    Timeline timeline = new Timeline(0, 1);
    timeline.good(-1_000_000_000);
    timeline.good(1_000_000_000);

    assertThat(timeline.bySecond()).containsExactly(0);
  }
}
