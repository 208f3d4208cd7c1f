package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HedgeDelayTest {
  private final HedgeDelay delay = new HedgeDelay();

  @Test
  void nanos_littleKnown_isPatient() {
    answered(15, 1);
    assertThat(millis()).isEqualTo(100);

    answered(1, 1);
    assertThat(millis()).isEqualTo(20);
  }

  @Test
  void nanos_slowService_isLongerThanItsAnswersTake() {
    answered(100, 80);
    assertThat(millis()).isBetween(80L, 100L);
  }

  @Test
  void nanos_unsteadyService_leavesRoomForItsDeviation() {
    for (int i = 0; i < 100; i++) {
      answered(1, 10);
      answered(1, 50);
    }
    assertThat(millis()).isBetween(90L, 130L);
  }

  @Test
  void nanos_verySlowService_isBounded() {
    answered(100, 5_000);
    assertThat(millis()).isEqualTo(300);
  }

  @Test
  void nanos_fasterAgain_shortens() {
    answered(100, 200);
    answered(100, 2);
    assertThat(millis()).isEqualTo(20);
  }

  private void answered(int times, long millis) {
    for (int i = 0; i < times; i++) {
      delay.answered(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(delay.nanos());
  }
}
