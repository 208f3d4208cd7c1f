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
  void window_ofTheClock_countsOnlyThoseThatFellInItBeyondDoubt() {
    log.add(0, 1); // 1,000 by the clock: it may be the window before
    log.add(10, 20);
    log.add(50, 90);
    log.add(80, 96); // it may be the window after
    log.add(150, 160);

    assertThat(log.mostByTheClock(100, 1_000, 5)).isEqualTo(2);
    assertThat(log.mostByTheClock(100, 1_000, 0)).isEqualTo(4);
    assertThat(log.mostByTheClock(100, 1_050, 0)).isEqualTo(2);
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
