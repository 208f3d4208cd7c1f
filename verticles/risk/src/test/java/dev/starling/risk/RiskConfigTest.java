package dev.starling.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.risk.Thresholds.Level;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RiskConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(RiskConfig.defaults()))
        .hasToString(
            """
            {"model":"order-risk","model-timeout":"1s","medium":0.1,"high":0.15}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(bind("{\"model\":\"mine\",\"model-timeout\":\"2s\",\"medium\":0.2,\"high\":0.4}"))
        .isEqualTo(new RiskConfig("mine", Duration.ofSeconds(2), 0.2, 0.4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"a/b\"} | risk.model: a/b (expected: 1..100 of",
        "{\"model\":\"\"}    | risk.model:  (expected: 1..100 of",
        "{\"model-timeout\":\"1ms\"}     | risk.model-timeout: PT0.001S (expected: PT0.01S..PT30S)",
        "{\"medium\":0}      | risk.medium: 0.0 (expected: > 0 and <= 1)",
        "{\"high\":1.5}      | risk.high: 1.5 (expected: > 0 and <= 1)",
        "{\"medium\":0.9}    | risk.medium: 0.9 (expected: <= high, which is 0.15)",
        "{\"threshold\":1}   | risk.threshold: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource({"0, LOW", "0.19, LOW", "0.2, MEDIUM", "0.39, MEDIUM", "0.4, HIGH", "1, HIGH"})
  void level_score_isTheHighestThatItReaches(double score, Level level) {
    assertThat(new Thresholds(0.2, 0.4).level(score)).isEqualTo(level);
  }

  private static RiskConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), RiskConfig.defaults(), "risk");
  }
}
