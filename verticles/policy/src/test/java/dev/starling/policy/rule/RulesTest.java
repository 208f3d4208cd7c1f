package dev.starling.policy.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
  private static final Rate.Window SECOND = new Rate.Window(Duration.ofSeconds(1), 10);
  private static final Rate.Window MINUTE = new Rate.Window(Duration.ofMinutes(1), 600);

  @ParameterizedTest
  @CsvSource({
    "requests-per-second > 0.8 * 1000, requests-per-second > 800",
    "requests-per-second(orders.place)>0.8*500, requests-per-second(orders.place) > 400",
    "error-percent > 2.5, error-percent > 2.5",
    "' in-flight < 10 ', in-flight < 10",
    "latency-p50-ms > 0, latency-p50-ms > 0"
  })
  void condition_parsed_hasItsThresholdWorkedOut(String text, String worked) {
    assertThat(Condition.parse(text)).hasToString(worked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "in-flight",
        "in-flight >",
        "in-flight > x",
        "in-flight >= 5",
        "in-flight > 5 * 2 * 3",
        "in-flight > 5 and heap-percent > 80",
        "in-flight() > 5",
        "in-flight > -1",
        "0.8 * 1000 < in-flight"
      })
  void condition_outsideTheGrammar_isRefused(String text) {
    assertThatThrownBy(() -> Condition.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: signal > number");
  }

  @Test
  void condition_atItsThreshold_doesNotHold() {
    assertThat(Condition.parse("in-flight > 5").holds(5)).isFalse();
    assertThat(Condition.parse("in-flight > 5").holds(5.1)).isTrue();
    assertThat(Condition.parse("in-flight < 5").holds(5)).isFalse();
  }

  @Test
  void degradation_withoutUntil_endsAtFourFifthsExactly() {
    DegradationRule rule =
        new DegradationRule(
            "busy",
            Condition.parse("error-percent > 0.7"),
            null,
            Duration.ofSeconds(5),
            Match.EVERYTHING,
            1,
            2);

    assertThat(rule.relief()).hasToString("error-percent < 0.56");
  }

  @Test
  void burst_ofALimit_isThatOfItsShortestWindow() {
    LimitRule limit =
        new LimitRule(
            "api",
            Match.EVERYTHING,
            List.of(Per.IP),
            new Rate(List.of(MINUTE, SECOND)),
            20L,
            null,
            Algorithm.TOKEN_BUCKET,
            Sharing.LOCAL,
            false);

    assertThat(limit.burstOf(SECOND)).isEqualTo(20);
    assertThat(limit.burstOf(MINUTE)).isEqualTo(600);
    assertThat(limit.windowName(MINUTE)).isEqualTo("api-1m");
  }

  @Test
  void windowName_ofTheOnlyWindow_isTheLimits() {
    LimitRule limit =
        LimitRule.of("api", Match.EVERYTHING, Per.IP, Rate.of(10, Duration.ofSeconds(1)));

    assertThat(limit.windowName(SECOND)).isEqualTo("api");
  }

  @Test
  void cache_ofARouteThatNeedsASignIn_mustTellCallersApart() {
    CacheRule rule = CacheRule.of("profiles", Match.EVERYTHING, Duration.ofSeconds(1));

    assertThat(rule.keepsSecrets(true)).isTrue();
    assertThat(rule.keepsSecrets(false)).isFalse();
  }
}
