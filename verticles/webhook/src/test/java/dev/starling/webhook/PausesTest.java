package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PausesTest {
  private final Pauses pauses = new Pauses(Duration.ofMinutes(1));

  @Test
  void left_askedFor_endsWithThePause() {
    pauses.ask("a:443", Duration.ofSeconds(10), 0);

    assertThat(pauses.left("a:443", 0)).isEqualTo(Duration.ofSeconds(10));
    assertThat(pauses.left("a:443", seconds(9))).isEqualTo(Duration.ofSeconds(1));
    assertThat(pauses.left("a:443", seconds(10))).isZero();
    assertThat(pauses.left("b:443", 0)).isZero();
  }

  @Test
  void ask_longerThanAllowed_isCut() {
    pauses.ask("a:443", Duration.ofDays(1), 0);

    assertThat(pauses.left("a:443", 0)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void ask_nothing_endsAnEarlierPause() {
    pauses.ask("a:443", Duration.ofSeconds(10), 0);
    pauses.ask("a:443", Duration.ZERO, seconds(1));

    assertThat(pauses.left("a:443", seconds(1))).isZero();
  }

  @Test
  void ask_byMoreThanAreRemembered_forgetsTheOldest() {
    for (int i = 0; i <= Pauses.MAX_RECEIVERS; i++) {
      pauses.ask(i + ":443", Duration.ofSeconds(10), 0);
    }

    assertThat(pauses.left("0:443", 0)).isZero();
    assertThat(pauses.left("1:443", 0)).isPositive();
  }

  private static long seconds(long count) {
    return Duration.ofSeconds(count).toNanos();
  }
}
