package dev.starling.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointsConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(PointsConfig.defaults())).hasToString("{\"per-unit\":1}");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(bind("{\"per-unit\":5}")).isEqualTo(new PointsConfig(5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"per-unit\":-1}   | points.per-unit: -1 (expected: 0..1000)",
        "{\"per-unit\":1001} | points.per-unit: 1001 (expected: 0..1000)",
        "{\"per-euro\":1}    | points.per-euro: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static PointsConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), PointsConfig.defaults(), "points");
  }
}
