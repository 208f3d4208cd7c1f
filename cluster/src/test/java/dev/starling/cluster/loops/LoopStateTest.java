package dev.starling.cluster.loops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.loops.LoopState.Finding;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoopStateTest {
  private final LoopState state = new LoopState(0);

  @Test
  void loop_thatBeats_turns() {
    for (int millis = 0; millis < 1_000; millis += 10) {
      assertThat(look(millis / 20 * 20, millis)).isEqualTo(Finding.TURNING);
    }
  }

  @Test
  void loop_thatStops_isFoundWithin100Millis() {
    assertThat(look(0, 79)).isEqualTo(Finding.TURNING);
    assertThat(look(0, 89)).isEqualTo(Finding.BLOCKED);
    assertThat(look(0, 99)).isEqualTo(Finding.STILL_BLOCKED);
  }

  @Test
  void loop_thatTurnsAgain_wasHeldFromItsLastBeatToTheNext() {
    look(5, 85);
    assertThat(look(5, 200)).isEqualTo(Finding.STILL_BLOCKED);

    assertThat(look(305, 310)).isEqualTo(Finding.FREED);
    assertThat(state.held(millis(305))).isEqualTo(Duration.ofMillis(300));
    assertThat(look(305, 320)).isEqualTo(Finding.TURNING);
  }

  @Test
  void loop_thatStopsTwice_isTwoEpisodes() {
    assertThat(look(0, 80)).isEqualTo(Finding.BLOCKED);
    assertThat(look(90, 90)).isEqualTo(Finding.FREED);
    assertThat(look(90, 170)).isEqualTo(Finding.BLOCKED);
  }

  @Test
  void loop_whenEverythingStoodStill_isNotBlamed() {
    look(0, 10);
    state.excuse(millis(5_000));

    assertThat(look(0, 5_000)).isEqualTo(Finding.TURNING);
    assertThat(look(0, 5_079)).isEqualTo(Finding.TURNING);
    assertThat(look(0, 5_080)).as("it had its chance").isEqualTo(Finding.BLOCKED);
  }

  private Finding look(long beatMillis, long nowMillis) {
    return state.look(millis(beatMillis), millis(nowMillis));
  }

  private static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
