package dev.starling.recommendations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommendationsConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(RecommendationsConfig.defaults()))
        .hasToString(
            """
            {"max-skus-per-order":20,"cache-life":"30s","cache-max-entries":10000,\
            "max-reads":8,"database-timeout":"1s"}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                """
                {"max-skus-per-order":2,"cache-life":"1m","cache-max-entries":3,"max-reads":4,
                 "database-timeout":"50ms"}"""))
        .isEqualTo(
            new RecommendationsConfig(2, Duration.ofMinutes(1), 3, 4, Duration.ofMillis(50)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max-skus-per-order\":1}    | max-skus-per-order: 1 (expected: 2..100)",
        "{\"cache-life\":\"2h\"}       | cache-life: PT2H (expected: PT0S..PT1H)",
        "{\"cache-max-entries\":-1}    | cache-max-entries: -1 (expected: 0..1000000)",
        "{\"max-reads\":0}             | max-reads: 0 (expected: 1..1000)",
        "{\"database-timeout\":\"0s\"} | database-timeout: PT0S (expected: PT0.01S..PT10S)",
        "{\"cache-ttl\":\"1s\"}        | cache-ttl: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("recommendations." + message);
  }

  private static RecommendationsConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(
        Json.MAPPER.readTree(section), RecommendationsConfig.defaults(), "recommendations");
  }
}
