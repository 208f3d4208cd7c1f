package dev.starling.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutboxConfigTest {
  @Test
  void keys_explicit_areTaken() {
    OutboxConfig config =
        bind(
            Json.MAPPER
                .createObjectNode()
                .put("batch-events", 50)
                .put("batch-bytes", 65_536)
                .put("shards-at-once", 4)
                .put("deliver-timeout", "2s")
                .put("poll-interval", "500ms")
                .put("max-attempts", 5)
                .put("first-retry", "200ms")
                .put("longest-retry", "1m")
                .put("longest-pause", "10s")
                .put("retention", "2d"));
    assertThat(config)
        .isEqualTo(
            new OutboxConfig(
                50,
                65_536,
                4,
                Duration.ofSeconds(2),
                Duration.ofMillis(500),
                5,
                Duration.ofMillis(200),
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                Duration.ofDays(2)));
  }

  @Test
  void values_outOfBounds_areRefusedWithWhatWasExpected() {
    assertThatThrownBy(() -> bind(Json.MAPPER.createObjectNode().put("batch-events", 0)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch-events: 0 (expected: 1..1000)");
    assertThatThrownBy(() -> bind(Json.MAPPER.createObjectNode().put("retention", "7d")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention: PT168H (expected: PT24H..PT144H)");
    assertThatThrownBy(() -> bind(Json.MAPPER.createObjectNode().put("longest-retry", "500ms")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("longest-retry: PT0.5S (expected: PT1S..PT24H)");
  }

  private static OutboxConfig bind(ObjectNode section) {
    return Settings.bind(section, OutboxConfig.defaults(), "outbox");
  }
}
