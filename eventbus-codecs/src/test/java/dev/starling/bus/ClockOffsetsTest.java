package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ClockOffsetsTest {
  private static final long OFFSET = 5_000_000;

  private final ClockOffsets clocks = new ClockOffsets();

  @Test
  void unknownNode_asked_hasNoDelay() {
    assertThat(clocks.delayMicros("n-1", 0, 1_000_000)).isZero();
  }

  @Test
  void frameThatLayInABuffer_isAsOldAsItLay() {
    for (long sent = 0; sent < 100; sent++) {
      clocks.observe("n-1", sent, sent + OFFSET + 200 + sent % 7);
    }

    assertThat(clocks.delayMicros("n-1", 1_000, 1_000 + OFFSET + 200)).isZero();
    assertThat(clocks.delayMicros("n-1", 1_000, 1_000 + OFFSET + 200 + 3_000_000))
        .isEqualTo(3_000_000);
  }

  @Test
  void heartbeatsThatLayInABuffer_observed_doNotHideTheDelay() {
    clocks.observe("n-1", 0, OFFSET);
    clocks.observe("n-1", 100, 100 + OFFSET + 5_000_000);

    assertThat(clocks.delayMicros("n-1", 200, 200 + OFFSET + 5_000_000)).isEqualTo(5_000_000);
  }

  @Test
  void clocksThatDriftApart_overTwoWindows_areFollowed() {
    clocks.observe("n-1", 0, OFFSET);
    for (int i = 0; i < 1_300; i++) {
      clocks.observe("n-1", i, i + OFFSET + 10_000);
    }

    assertThat(clocks.delayMicros("n-1", 0, OFFSET + 10_000)).isZero();
  }
}
