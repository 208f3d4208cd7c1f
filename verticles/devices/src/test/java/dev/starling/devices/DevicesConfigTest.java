package dev.starling.devices;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesConfigTest {

  @ParameterizedTest
  @CsvSource({
    "max-per-user, 0, max-per-user: 0 (expected: 1..1000)",
    "max-open-per-device, 1001, max-open-per-device: 1001 (expected: 1..1000)",
    "max-streams, 0, max-streams: 0 (expected: 1..100000)",
    "max-streams-per-user, 0, max-streams-per-user: 0 (expected: 1..10000)",
    "poll-interval, 1ms, poll-interval: PT0.001S (expected: PT0.05S..PT10M)",
    "retention, 1s, retention: PT1S (expected: PT1M..PT8784H)"
  })
  void bind_valueOutOfBounds_isRefusedWithTheKey(String key, String value, String message) {
    ObjectNode section = Json.MAPPER.createObjectNode().put(key, value);

    assertThatThrownBy(() -> Settings.bind(section, DevicesConfig.defaults(), "devices"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
