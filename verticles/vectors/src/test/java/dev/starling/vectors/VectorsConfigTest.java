package dev.starling.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import dev.starling.vectors.VectorsConfig.Backend;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorsConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(VectorsConfig.defaults()))
        .hasToString(
            "{\"backend\":\"postgres\",\"text-model\":\"all-minilm-l6-v2\",\"max-points\":0,"
                + "\"max-collections\":100,\"search-threads\":2,\"max-searches\":128,"
                + "\"breadth\":64,\"poll-interval\":\"500ms\",\"keep-deleted\":\"1h\"}");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                "{\"backend\":\"redis\",\"text-model\":\"m\",\"max-points\":1,"
                    + "\"max-collections\":2,\"search-threads\":3,\"max-searches\":4,"
                    + "\"breadth\":8,\"poll-interval\":\"1s\",\"keep-deleted\":\"1m\"}"))
        .isEqualTo(
            new VectorsConfig(
                Backend.REDIS, "m", 1, 2, 3, 4, 8, Duration.ofSeconds(1), Duration.ofMinutes(1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"backend\":\"disk\"}        | vectors.backend: disk (expected: one of postgres, redis)",
        "{\"text-model\":\"../m\"}     | vectors.text-model: ../m (expected: the name of a model)",
        "{\"max-points\":-1}           | vectors.max-points: -1 (expected: 0..100000000)",
        "{\"max-collections\":0}       | vectors.max-collections: 0 (expected: 1..10000)",
        "{\"search-threads\":0}        | vectors.search-threads: 0 (expected: 1..64)",
        "{\"max-searches\":0}          | vectors.max-searches: 0 (expected: 1..10000)",
        "{\"breadth\":7}               | vectors.breadth: 7 (expected: 8..1000)",
        "{\"poll-interval\":\"1ms\"}   | vectors.poll-interval: PT0.001S (expected: PT0.05S..PT1M)",
        "{\"keep-deleted\":\"1s\"}     | vectors.keep-deleted: PT1S (expected: PT1M..PT720H)",
        "{\"max-point\":1}             | vectors.max-point: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void maxUnits_notConfigured_followsTheHeap() {
    assertThat(VectorsConfig.defaults().maxUnits(6L * 1024 * 1000)).isEqualTo(1000);
  }

  private static VectorsConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), VectorsConfig.defaults(), "vectors");
  }
}
