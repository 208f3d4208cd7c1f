package dev.starling.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HorizonsTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final Horizons horizons = new Horizons(Duration.ofMinutes(10), Duration.ofMinutes(1));

  @Test
  void retire_newestThatIsOldEnough_once() {
    horizons.add("100", 0);
    horizons.add("101", MINUTE - 1);
    horizons.add("200", MINUTE);
    horizons.add("300", 5 * MINUTE);

    assertThat(horizons.retire(10 * MINUTE - 1)).isNull();
    assertThat(horizons.retire(12 * MINUTE)).as("101 came too soon after 100").isEqualTo("200");
    assertThat(horizons.retire(12 * MINUTE)).isNull();
    assertThat(horizons.retire(15 * MINUTE)).isEqualTo("300");
  }

  @Test
  void clear_forgetsTheOtherServer() {
    horizons.add("100", 0);
    horizons.clear();

    assertThat(horizons.retire(20 * MINUTE)).isNull();
  }
}
