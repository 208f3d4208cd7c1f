package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTimeoutsTest {
  private static final long LONGEST = 2_000;

  @ParameterizedTest
  @CsvSource({
    "-5, 1",
    "0, 1",
    "1, 1",
    "9, 8",
    "100, 80",
    "500, 448",
    "480, 448",
    "1000, 896",
    "2009, 1792",
    "2010, 2000",
    "60000, 2000"
  })
  void step_isALittleLessThanWhatIsLeft_andAtMostTheLongest(long left, long step) {
    assertThat(StatementTimeouts.step(left, LONGEST)).isEqualTo(step);
  }

  @Test
  void step_ofAnyTime_losesAtMostAThirdAndGivesNothingAway() {
    for (long left = 2; left < LONGEST; left++) {
      assertThat(StatementTimeouts.step(left, LONGEST)).isBetween(left * 2 / 3, left);
    }
  }

  @Test
  void step_ofAllTimesUpToTwoSeconds_isOneOfAFew() {
    assertThat(
            java.util.stream.LongStream.range(0, LONGEST)
                .map(left -> StatementTimeouts.step(left, LONGEST))
                .distinct())
        .hasSizeLessThan(40);
  }
}
