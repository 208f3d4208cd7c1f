package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PrimaryReachTest {
  private static final long START = -5;
  private static final long PATIENCE = PrimaryReach.PATIENCE.toNanos();

  private final AtomicInteger returns = new AtomicInteger();
  private final PrimaryReach reach = new PrimaryReach(START, returns::incrementAndGet);

  @Test
  void silence_upToThePatience_isNoLoss() {
    assertThat(reach.isLost(START + PATIENCE)).isFalse();
    assertThat(reach.isLost(START + PATIENCE + 1)).isTrue();
    assertThat(reach.silence(START + 7).toNanos()).isEqualTo(7);
  }

  @Test
  void answered_inTime_doesNotCountAsReturn() {
    reach.answered(START + PATIENCE);
    assertThat(reach.isLost(START + 2 * PATIENCE)).isFalse();
    assertThat(returns).hasValue(0);
  }

  @Test
  void answered_afterALoss_preparesTheReturnBeforeLettingAnybodyThrough() {
    long late = START + 10 * PATIENCE;
    boolean[] lostMeanwhile = new boolean[1];
    PrimaryReach[] holder = new PrimaryReach[1];
    holder[0] = new PrimaryReach(START, () -> lostMeanwhile[0] = holder[0].isLost(late));

    holder[0].answered(late);

    assertThat(lostMeanwhile[0]).isTrue();
    assertThat(holder[0].isLost(late)).isFalse();
  }

  @Test
  void answered_againAfterTheReturn_preparesNothingMore() {
    reach.answered(START + 10 * PATIENCE);
    reach.answered(START + 10 * PATIENCE + 1);
    assertThat(returns).hasValue(1);
  }
}
