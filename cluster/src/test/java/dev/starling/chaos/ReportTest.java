package dev.starling.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When a bound counts as kept. */
final class ReportTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Report report = new Report(new PrintStream(printed, true, StandardCharsets.UTF_8));

  @Test
  void bound_keptInEveryRound_isOk() {
    summary(round(Measure.EVICTED, 0), round(Measure.EVICTED, 1));

    assertThat(printed()).contains("| nodes that left the view | 1 | 1 | ok |");
    assertThat(report.isBroken()).isFalse();
  }

  @Test
  void bound_exceededInOneRound_isBroken() {
    summary(round(Measure.EVICTED, 2), round(Measure.EVICTED, 0));

    assertThat(printed()).contains("| nodes that left the view | 2 | 1 | BROKEN |");
    assertThat(report.isBroken()).isTrue();
  }

  @Test
  void bound_ofWhatNoRoundMeasured_isBroken() {
    summary(round(Measure.RECOVERY, 5));

    assertThat(printed()).contains("| nodes that left the view | missing in 1 of 1 | 1 | BROKEN |");
    assertThat(report.isBroken()).isTrue();
  }

  @Test
  void bound_ofWhatOneRoundLacks_isBroken() {
    summary(round(Measure.EVICTED, 0), round(Measure.RECOVERY, 5));

    assertThat(printed()).contains("| nodes that left the view | missing in 1 of 2 | 1 | BROKEN |");
    assertThat(report.isBroken()).isTrue();
  }

  @Test
  void bound_ofWhatIsNoNumberInOneRound_isBroken() {
    summary(round(Measure.EVICTED, Double.NaN), round(Measure.EVICTED, 0));

    assertThat(printed()).contains("| nodes that left the view | missing in 1 of 2 | 1 | BROKEN |");
    assertThat(report.isBroken()).isTrue();
  }

  @Test
  void bound_withoutARound_isBroken() {
    summary();

    assertThat(report.isBroken()).isTrue();
  }

  @Test
  void measure_withoutABound_isShownWhereThereIsOne() {
    summary(
        new RoundResult(true, 1, 1, Map.of(Measure.EVICTED, 0.0, Measure.RECOVERY, 5.0), List.of()),
        round(Measure.EVICTED, 0));

    assertThat(printed())
        .contains("| time to 95 % of the throughput | 5 ms | | |")
        .doesNotContain(Measure.LEFT_VIEW.text());
    assertThat(report.isBroken()).isFalse();
  }

  private void summary(RoundResult... rounds) {
    report.summary(new OneEviction(), Arrays.asList(rounds));
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static RoundResult round(Measure measure, double value) {
    return new RoundResult(true, 1, 1, Map.of(measure, value), List.of());
  }

  /** Tolerates one eviction. */
  private static final class OneEviction implements Fault {
    @Override
    public String name() {
      return "one-eviction";
    }

    @Override
    public Map<Measure, Double> bounds() {
      return Fault.bounds(Measure.EVICTED, 1);
    }

    @Override
    public RoundResult play(Round round, Random random) {
      throw new UnsupportedOperationException();
    }
  }
}
