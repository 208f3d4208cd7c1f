package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrimaryReachTest {
  private static final long START = -5;
  private static final long PATIENCE = PrimaryReach.PATIENCE.toNanos();

  private final PrimaryReach reach = new PrimaryReach(START);

  @Test
  void silence_upToThePatience_isNoLoss() {
    assertThat(reach.isLost(START + PATIENCE)).isFalse();
    assertThat(reach.isLost(START + PATIENCE + 1)).isTrue();
    assertThat(reach.silence(START + 7).toNanos()).isEqualTo(7);
  }

  @Test
  void answered_inTimeOrLate_endsTheSilence() {
    reach.answered(START + PATIENCE);
    assertThat(reach.isLost(START + 2 * PATIENCE)).isFalse();
    reach.answered(START + 10 * PATIENCE);
    assertThat(reach.isLost(START + 11 * PATIENCE)).isFalse();
    assertThat(reach.isLost(START + 11 * PATIENCE + 1)).isTrue();
  }
}
