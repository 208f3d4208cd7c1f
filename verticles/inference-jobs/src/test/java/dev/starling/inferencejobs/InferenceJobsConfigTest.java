package dev.starling.inferencejobs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferenceJobsConfigTest {

  @ParameterizedTest
  @CsvSource({
    "run-timeout, 1ms, run-timeout: 1 ms (expected: 100..43200000 ms)",
    "max-running, 0, max-running: 0 (expected: 1..1000)",
    "max-waiting, 0, max-waiting: 0 (expected: 1..100000)",
    "max-attempts, 101, max-attempts: 101 (expected: 1..100)",
    "max-open-per-user, 0, max-open-per-user: 0 (expected: 1..100000)",
    "expiry, 8d, expiry: 691200000 ms (expected: 1000..604800000 ms)",
    "longest-expiry, 0s, longest-expiry: 0 ms (expected: 1000..31622400000 ms)",
    "retention, 1s, retention: 1000 ms (expected: 60000..31622400000 ms)",
    "max-watchers, 0, max-watchers: 0 (expected: 1..100000)",
    "max-staleness, 2m, max-staleness: 120000 ms (expected: 0..60000 ms)"
  })
  void bind_valueOutOfBounds_isRefusedWithTheKey(String key, String value, String message) {
    ObjectNode section = Json.MAPPER.createObjectNode().put(key, value);

    assertThatThrownBy(
            () -> Settings.bind(section, InferenceJobsConfig.defaults(), "inference-jobs"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
