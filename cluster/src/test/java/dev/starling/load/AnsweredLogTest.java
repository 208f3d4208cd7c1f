package dev.starling.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AnsweredLogTest {
  private final AnsweredLog log = new AnsweredLog();

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
    assertThat(log.size()).isEqualTo(5);
  }
}
