package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClockSkewTest {
  private static final Instant NOW = Instant.parse("2026-05-20T13:40:00Z");
  private static final long LATENESS = 2_000;

  private final List<FusionEvent> events = new ArrayList<>();

  private ClockSkewTest sent(String device, long clockAheadMillis, long delayMillis, long atMillis) {
    Instant truth = NOW.plusMillis(atMillis);
    events.add(
        new FusionEvent(
            "/devices/" + device,
            "e" + events.size(),
            device,
            truth.plusMillis(clockAheadMillis),
            truth.plusMillis(clockAheadMillis),
            truth.plusMillis(delayMillis),
            new Content.Behaviour("device_touched", Map.of())));
    return this;
  }

  private ClockSkew skew() {
    return ClockSkew.of(events, Moment.millis(NOW.plusSeconds(60)), LATENESS);
  }

  @Test
  void clock_rightWithDelays_isNotCorrected() {
    sent("phone", 0, 300, 0).sent("phone", 0, 1_900, 10);
    assertThat(skew().corrections()).isEmpty();
  }

  @Test
  void clock_ahead_isCorrectedByTheSmallestDifference() {
    sent("phone", 90_000, 400, 0).sent("phone", 90_000, 100, 10).sent("phone", 90_000, 900, 20);
    assertThat(skew().of("phone")).isEqualTo(-89_900);
  }

  @Test
  void clock_behindByMoreThanDelayExplains_isCorrected() {
    sent("phone", -600_000, 100, 0);
    assertThat(skew().of("phone")).isEqualTo(600_100);
  }

  @Test
  void clock_behindByAsMuchAsDelayExplains_isNotCorrected() {
    sent("phone", -1_500, 500, 0);
    assertThat(skew().of("phone")).isZero();
  }

  @Test
  void clocks_ofTwoDevices_areCorrectedEachForItself() {
    sent("phone", 90_000, 100, 0).sent("tablet", 0, 100, 0);
    assertThat(skew().corrections()).containsOnlyKeys("phone");
  }

  @Test
  void event_receivedAfterTheBound_doesNotChangeWhatIsKnown() {
    sent("phone", 0, 500, 0);
    sent("phone", 90_000, 0, 120_000);
    assertThat(skew().of("phone")).isZero();
  }

  @Test
  void device_heardOnlyAfterTheBound_isJudgedByItsFirstEvent() {
    sent("phone", 90_000, 300, 120_000).sent("phone", 95_000, 0, 180_000);
    assertThat(skew().of("phone")).isEqualTo(-89_700);
  }

  @Test
  void times_outOfReason_areBoundedRatherThanFailing() {
    events.add(
        new FusionEvent(
            "/devices/x",
            "e",
            "x",
            Instant.MAX,
            Instant.MIN,
            Instant.MAX,
            new Content.Behaviour("device_touched", Map.of())));
    assertThat(ClockSkew.of(events, Long.MAX_VALUE, LATENESS).of("x")).isPositive();
  }
}
