package dev.starling.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MediansTest {
  @Test
  void median_ofAnEvenNumber_isBetweenTheTwoInTheMiddle() {
    assertThat(Medians.of(9, 1, 4)).isEqualTo(4);
    assertThat(Medians.of(9, 1, 4, 6)).isEqualTo(5);
  }

  @Test
  void ratio_ofRoundsOnAMachineThatSlowsDown_isThatOfTheirTurns() {
    List<Load> some = List.of(load(900), load(450), load(90));
    List<Load> others = List.of(load(1_000), load(500), load(100));

    assertThat(Medians.ofRatios(some, others, Load::perSecond)).isEqualTo(0.9);
  }

  private static Load load(long done) {
    return new Load(done, 1, 0, 0, 0);
  }
}
