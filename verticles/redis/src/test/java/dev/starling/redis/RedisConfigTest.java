package dev.starling.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.api.Test;

class RedisConfigTest {
  private final ObjectNode section = Json.MAPPER.createObjectNode();

  @Test
  void defaults_nothingGiven_isNoRedis() {
    assertThat(bound()).isEqualTo(RedisConfig.defaults());
    assertThat(bound().configured()).isFalse();
    assertThat(bound())
        .hasToString(
            "RedisConfig[uri=none, poolSize=2, maxWaiting=4096, commandTimeout=PT0.02S,"
                + " connectTimeout=PT1S]");
  }

  @Test
  void password_besideTheUri_takesThePlaceOfItsOwnAndIsNeverShown() {
    section.put("uri", "redis://ann:old@h:7000/2").put("password", "hidden");

    assertThat(bound().endpoint()).isEqualTo(new RedisUri(false, "h", 7000, "ann", "hidden", 2));
    assertThat(bound().toString()).contains("redis://ann:****@h:7000/2").doesNotContain("hidden");
    assertThat(Settings.toMaskedTree(bound()).toString()).doesNotContain("hidden");
  }

  @Test
  void bind_mistakes_areNamed() {
    section.put("uri", "http://h");
    assertMistake("redis.uri: scheme http (expected: redis://user:password@host:6379/0");
    section.removeAll();
    section.put("pool-size", 0);
    assertMistake("redis.pool-size: 0 (expected: 1..64)");
    section.removeAll();
    section.put("command-timeout", "1h");
    assertMistake("redis.command-timeout: PT1H (expected: PT0.001S..PT10S)");
    section.removeAll();
    section.put("comand-timeout", "1s");
    assertMistake("command-timeout");
  }

  private void assertMistake(String message) {
    assertThatThrownBy(this::bound)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private RedisConfig bound() {
    return Settings.bind(section, RedisConfig.defaults(), "redis");
  }
}
