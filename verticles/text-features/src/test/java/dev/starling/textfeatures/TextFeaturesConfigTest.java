package dev.starling.textfeatures;

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

class TextFeaturesConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(TextFeaturesConfig.defaults()))
        .hasToString(
            "{\"model\":\"all-minilm-l6-v2\",\"model-timeout\":\"5s\",\"max-text-bytes\":8192,"
                + "\"cache-bytes\":33554432,\"max-running\":32,\"max-waiting\":1024}");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                "{\"model\":\"m\",\"model-timeout\":\"1s\",\"max-text-bytes\":2,"
                    + "\"cache-bytes\":3,\"max-running\":4,\"max-waiting\":5}"))
        .isEqualTo(new TextFeaturesConfig("m", Duration.ofSeconds(1), 2, 3, 4, 5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":\"a/b\"}         | text-features.model: a/b (expected: 1..128 of",
        "{\"model-timeout\":\"2m\"}  | text-features.model-timeout: PT2M (expected: ",
        "{\"max-text-bytes\":0}      | text-features.max-text-bytes: 0 (expected: 1..65536)",
        "{\"cache-bytes\":-1}        | text-features.cache-bytes: -1 (expected: 0..1073741824)",
        "{\"max-running\":0}         | text-features.max-running: 0 (expected: 1..1024)",
        "{\"max-waiting\":-1}        | text-features.max-waiting: -1 (expected: 0..100000)",
        "{\"modell\":\"a\"}          | text-features.modell: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static TextFeaturesConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(
        Json.MAPPER.readTree(section), TextFeaturesConfig.defaults(), TextFeaturesVerticle.SECTION);
  }
}
