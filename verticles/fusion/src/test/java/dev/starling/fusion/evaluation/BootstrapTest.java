package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.evaluation.Bootstrap.Cluster;
import dev.starling.fusion.evaluation.Bootstrap.Interval;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  @Test
  void interval_sameSeed_isTheSame() {
    List<Cluster> clusters = IntStream.range(0, 30).mapToObj(i -> new Cluster(i % 4, 4)).toList();

    assertThat(Bootstrap.interval(clusters, 9)).isEqualTo(Bootstrap.interval(clusters, 9));
  }

  @Test
  void interval_independentCases_isTheOneOfTheBinomialDistribution() {
    List<Cluster> clusters =
        IntStream.range(0, 1000).mapToObj(i -> new Cluster(i < 900 ? 1 : 0, 1)).toList();
    Interval interval = Bootstrap.interval(clusters, 1);
    // 1.96 * sqrt(0.9 * 0.1 / 1000) = 0.0186
    assertThat(interval.low()).isBetween(0.878, 0.885);
    assertThat(interval.high()).isBetween(0.915, 0.922);
  }

  @Test
  void interval_casesThatDependOnEachOther_isWider() {
    List<Cluster> clusters =
        IntStream.range(0, 50).mapToObj(i -> new Cluster(i < 45 ? 20 : 0, 20)).toList();
    Interval interval = Bootstrap.interval(clusters, 1);
    // The same 900 of 1000, but of 50 templates: 1.96 * sqrt(0.9 * 0.1 / 50) = 0.083
    assertThat(interval.low()).isLessThan(0.84);
    assertThat(interval.high()).isGreaterThan(0.94);
  }

  @Test
  void interval_allRight_hasNoWidth() {
    assertThat(Bootstrap.interval(Collections.nCopies(10, new Cluster(3, 3)), 1))
        .isEqualTo(new Interval(1, 1));
  }
}
