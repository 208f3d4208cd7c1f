package dev.starling.risk.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AucTest {

  @Test
  void scores_thatSeparate_areOneAndReversedZero() {
    boolean[] risky = {false, false, true, true};

    assertThat(Auc.of(new double[] {0.1, 0.2, 0.3, 0.4}, risky)).isEqualTo(1);
    assertThat(Auc.of(new double[] {0.4, 0.3, 0.2, 0.1}, risky)).isEqualTo(0);
  }

  @Test
  void scores_thatAreAllTheSame_areChance() {
    assertThat(Auc.of(new double[] {1, 1, 1}, new boolean[] {true, false, false})).isEqualTo(0.5);
  }

  @Test
  void scores_withATie_countItHalf() {
    // Of the four pairs two are in order, one is not, and one is a tie.
    double[] scores = {0.2, 0.5, 0.5, 0.1};
    boolean[] risky = {false, false, true, true};

    assertThat(Auc.of(scores, risky)).isEqualTo(1.5 / 4);
  }

  @Test
  void examples_ofOneKind_haveNone() {
    assertThatThrownBy(() -> Auc.of(new double[] {1}, new boolean[] {true}))
        .hasMessage("examples: 1 risky of 1 (expected: some of both kinds)");
  }
}
