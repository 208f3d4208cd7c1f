package dev.starling.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.FusionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClockHintsTest {
  private static final Instant AT = Instant.parse("2030-01-01T12:00:00Z");
  private static final Duration LATENESS = Duration.ofMillis(500);
  private static final UUID USER = new UUID(1, 2);

  private final ClockHints hints = new ClockHints();

  @Test
  void isLate_withinTheBound_isNot() {
    assertThat(isLate(0, 0, 400)).isFalse();
    assertThat(isLate(0, 0, 600)).isTrue();
  }

  @Test
  void isLate_keptByItsDevice_isLate() {
    assertThat(isLate(0, 9_000, 9_010)).isTrue();
  }

  @Test
  void isLate_clockThatIsBehind_isNotLateForThat() {
    assertThat(isLate(0, 0, 60_000)).isFalse();
    assertThat(isLate(1_000, 1_000, 61_100)).isFalse();
    assertThat(isLate(2_000, 2_000, 63_000)).isTrue();
  }

  @Test
  void isLate_clockThatIsAhead_isLateAllTheSame() {
    assertThat(isLate(60_000, 60_000, 0)).isFalse();
    assertThat(isLate(61_000, 61_000, 1_200)).isFalse();
    assertThat(isLate(62_000, 62_000, 12_000)).isTrue();
  }

  @Test
  void isLate_clockThatWasSetRight_isForgottenInTime() {
    isLate(60_000, 60_000, 0);
    assertThat(isLate(1_000, 1_000, 1_000)).isTrue();
    assertThat(isLate(700_000, 700_000, 700_000)).isFalse();
  }

  @Test
  void isLate_clocksOfOtherUsers_doNotMatter() {
    isLate(60_000, 60_000, 0);

    assertThat(hints.happened(new UUID(3, 4), event(AT, AT, AT.plusMillis(100)), LATENESS))
        .isEqualTo(AT);
  }

  private boolean isLate(long time, long sent, long received) {
    FusionEvent event = event(AT.plusMillis(time), AT.plusMillis(sent), AT.plusMillis(received));
    return hints.happened(USER, event, LATENESS).plus(LATENESS).isBefore(event.receivedAt());
  }

  private static FusionEvent event(Instant time, Instant sent, Instant received) {
    return new FusionEvent(
        "/devices/d", "e", "d", time, sent, received, new Behaviour("touched", Map.of()));
  }
}
