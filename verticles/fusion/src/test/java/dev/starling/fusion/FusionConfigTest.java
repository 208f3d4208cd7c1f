package dev.starling.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FusionConfigTest {

  @Test
  void bind_nothing_givesTheDefaults() {
    FusionConfig config = bind(Json.MAPPER.createObjectNode());

    assertThat(config).isEqualTo(FusionConfig.defaults());
    assertThat(config.lateness()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.retention()).isEqualTo(Duration.ofDays(7));
    assertThat(config.zone()).isEqualTo("UTC");
  }

  @Test
  void bind_keys_areTaken() {
    FusionConfig config =
        bind(
            Json.MAPPER
                .createObjectNode()
                .put("lateness", "2s")
                .put("zone", "Europe/Berlin")
                .put("timelines-mib", 3));

    assertThat(config.lateness()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.zone()).isEqualTo("Europe/Berlin");
    assertThat(config.timelineBytes()).isEqualTo(3 * 1024 * 1024);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lateness          | 31s      | lateness: PT31S (expected: PT0S..PT30S)",
        "retention         | 1h       | retention: PT1H (expected: PT24H..PT8760H)",
        "zone              | Atlantis | zone: Atlantis (expected: e.g. Europe/Berlin)",
        "embed-timeout     | 0ms      | embed-timeout: PT0S (expected: PT0.001S..PT10S)"
      })
  void bind_outOfRange_isRefusedWithTheRange(String key, String value, String message) {
    assertThatThrownBy(() -> bind(Json.MAPPER.createObjectNode().put(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static FusionConfig bind(ObjectNode section) {
    return Settings.bind(section, FusionConfig.defaults(), "fusion");
  }
}
