package dev.starling.openinference;

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

class OpenInferenceConfigTest {

  @Test
  void defaults_areThoseOfTheDocumentation() {
    assertThat(OpenInferenceConfig.defaults())
        .isEqualTo(
            new OpenInferenceConfig(67_108_864, 8_388_608, Duration.ofSeconds(30), 256, 8192));
  }

  @Test
  void bind_eachKey_isTaken() {
    ObjectNode section =
        Json.MAPPER
            .createObjectNode()
            .put("max-body-bytes", 2048)
            .put("max-json-bytes", 1024)
            .put("deadline", "5s")
            .put("max-texts", 2)
            .put("max-text-bytes", 3);

    assertThat(Settings.bind(section, OpenInferenceConfig.defaults(), "open-inference"))
        .isEqualTo(new OpenInferenceConfig(2048, 1024, Duration.ofSeconds(5), 2, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "max-body-bytes,1023",
    "max-json-bytes,67108865",
    "deadline,1ms",
    "max-texts,0",
    "max-text-bytes,1048577",
    "max-txts,1"
  })
  void bind_unusable_namesTheKey(String key, String value) {
    ObjectNode section = Json.MAPPER.createObjectNode().put(key, value);

    assertThatThrownBy(
            () -> Settings.bind(section, OpenInferenceConfig.defaults(), "open-inference"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }
}
