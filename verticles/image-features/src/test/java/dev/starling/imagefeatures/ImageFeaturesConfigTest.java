package dev.starling.imagefeatures;

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

class ImageFeaturesConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(ImageFeaturesConfig.defaults()))
        .hasToString(
            "{\"max-bytes\":16777216,\"max-pixels\":64000000,\"max-decoded-bytes\":67108864,"
                + "\"threads\":2,\"max-waiting\":64,\"max-waiting-bytes\":67108864,"
                + "\"max-text-bytes\":2048,\"encoder\":{\"image-model\":\"\",\"text-model\":\"\","
                + "\"size\":224,\"timeout\":\"2s\"}}");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                "{\"max-bytes\":2048,\"max-pixels\":3000,\"max-decoded-bytes\":4194304,"
                    + "\"threads\":5,\"max-waiting\":6,\"max-waiting-bytes\":7000,"
                    + "\"max-text-bytes\":8,\"encoder\":{\"image-model\":\"i\","
                    + "\"text-model\":\"t\",\"size\":32,\"timeout\":\"1s\"}}"))
        .isEqualTo(
            new ImageFeaturesConfig(
                2048,
                3000,
                4 << 20,
                5,
                6,
                7000,
                8,
                new EncoderConfig("i", "t", 32, Duration.ofSeconds(1))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max-bytes\":1}            | image-features.max-bytes: 1 (expected: 1024..268435456)",
        "{\"max-pixels\":1}           | image-features.max-pixels: 1 (expected: 1024..536870912)",
        "{\"max-decoded-bytes\":1}    | image-features.max-decoded-bytes: 1 (expected: 1048576..",
        "{\"threads\":0}              | image-features.threads: 0 (expected: 1..256)",
        "{\"max-waiting\":0}          | image-features.max-waiting: 0 (expected: 1..10000)",
        "{\"max-waiting-bytes\":9999} | image-features.max-waiting-bytes: 9999 (expected: 16777216",
        "{\"max-text-bytes\":0}       | image-features.max-text-bytes: 0 (expected: 1..65536)",
        "{\"encoder\":{\"size\":300}} | image-features.encoder.size: 300 (expected: 8..256)",
        "{\"encoder\":{\"image-model\":\"a\"}} | image-features.encoder.text-model:  (expected: the",
        "{\"encoder\":{\"text-model\":\"a/b\"}} | image-features.encoder.text-model: a/b (expected: up",
        "{\"maxbytes\":0}             | image-features.maxbytes: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static ImageFeaturesConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(
        Json.MAPPER.readTree(section),
        ImageFeaturesConfig.defaults(),
        ImageFeaturesVerticle.SECTION);
  }
}
