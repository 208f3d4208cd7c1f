package dev.starling.ratelimiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterConfigTest {

  @Test
  void defaults_nothingConfigured_haveRoom() {
    assertThat(bind("{}"))
        .isEqualTo(RateLimiterConfig.defaults())
        .isEqualTo(new RateLimiterConfig(true, 200_000, 64));
  }

  @Test
  void bind_everyKey_isRead() {
    assertThat(bind("{\"enabled\":false,\"max-keys\":5000,\"ipv6-prefix\":48}"))
        .isEqualTo(new RateLimiterConfig(false, 5_000, 48));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          {"max-keys": 10} | rate-limiter.max-keys: 10 (expected: 1024..50000000)
          {"max-kyes": 10} | rate-limiter.max-kyes: unknown key (did you mean max-keys?)
          {"ipv6-prefix": 128} | rate-limiter.ipv6-prefix: 128 (expected: 16..64)
          """)
  void bind_mistake_isNamedWithWhatIsExpected(String json, String message) {
    assertThatThrownBy(() -> bind(json)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  /** The limits have moved to the policy file, and whoever still has them here must hear it. */
  @Test
  void bind_policies_areRefused() {
    assertThatThrownBy(() -> bind("{\"policies\": []}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rate-limiter.policies: unknown key");
  }

  private static RateLimiterConfig bind(String json) {
    try {
      return Settings.bind(
          Json.MAPPER.readTree(json), RateLimiterConfig.defaults(), "rate-limiter");
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
