package dev.starling.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AnsweredLogTest {
  private final AnsweredLog log = new AnsweredLog();

  @Test
  void window_withCallsThatWereAnsweredLater_countsOnlyThoseThatFellInIt() {
    log.add(0, 10);
    log.add(50, 60);
    log.add(90, 120);

    assertThat(log.mostWithin(100)).isEqualTo(2);
    assertThat(log.mostAnsweredWithin(100)).isEqualTo(2);
  }

  @Test
  void answers_thatWereHeldUpAndCameTogether_areNotTakenForADecision() {
    log.add(0, 1_000);
    log.add(900, 1_000);

    assertThat(log.mostWithin(100)).isEqualTo(1);
    assertThat(log.mostAnsweredWithin(100)).isEqualTo(2);
  }

  @Test
  void window_wherever_itBegins_isFound() {
    for (int i = 0; i < 100; i++) {
      log.add(10L * i, 10L * i + 1);
    }
    log.add(505, 506);

    assertThat(log.mostWithin(100)).isEqualTo(11);
    assertThat(log.size()).isEqualTo(101);
  }
}
