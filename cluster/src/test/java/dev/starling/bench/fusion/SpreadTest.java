package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SpreadTest {

  @Test
  void percentiles_ofOneToAHundred_areThemselves() {
    Spread spread = Spread.of(IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i));

    assertThat(spread.at(50)).isEqualTo(50);
    assertThat(spread.at(99)).isEqualTo(99);
    assertThat(spread.at(100)).isEqualTo(100);
  }

  @Test
  void percentile_ofOneFigure_isThatOne() {
    assertThat(Spread.of(DoubleStream.of(7)).at(1)).isEqualTo(7);
  }

  @Test
  void percentile_ofNothing_isZero() {
    assertThat(Spread.of(DoubleStream.empty()).at(99)).isZero();
  }
}
