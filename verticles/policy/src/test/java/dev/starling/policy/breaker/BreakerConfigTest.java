package dev.starling.policy.breaker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerConfigTest {

  @Test
  void config_longestWaitBelowTheFirst_isRefused() {
    assertThatThrownBy(
            () ->
                new BreakerConfig(
                    Duration.ofSeconds(10),
                    20,
                    50,
                    80,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(4),
                    20,
                    3,
                    Duration.ofSeconds(10)))
        .hasMessage("max-open: PT4S (expected: at least open, PT5S)");
  }

  @Test
  void config_noCallsNeeded_isRefused() {
    assertThatThrownBy(
            () ->
                new BreakerConfig(
                    Duration.ofSeconds(10),
                    0,
                    50,
                    80,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(60),
                    20,
                    3,
                    Duration.ofSeconds(10)))
        .hasMessage("min-calls: 0 (expected: > 0)");
  }
}
