package dev.starling.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Secret;
import dev.starling.sdk.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthConfigTest {
  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AuthConfig bind(String text) {
    return Settings.bind(json(text), AuthConfig.defaults(), AuthConfig.SECTION);
  }

  @Test
  void bind_nothing_givesTheDefaults() {
    AuthConfig config = bind("{}");

    assertThat(config).isEqualTo(AuthConfig.defaults());
    assertThat(config.accessTokenLifetime()).isEqualTo(Duration.ofMinutes(15));
    assertThat(config.maxAcceptedLifetime()).isEqualTo(Duration.ofHours(24));
    assertThat(config.refreshTokenLifetime()).isEqualTo(Duration.ofDays(30));
    assertThat(config.hs256Secret().isPresent()).isFalse();
    assertThat(config.hashing()).isEqualTo(new AuthConfig.Hashing(19_456, 2, 0, 64));
  }

  @Test
  void bind_everyKey_isTaken() {
    AuthConfig config =
        bind(
            """
            {"issuer": "i", "audience": "a", "access-token-lifetime": "5m",
             "max-accepted-lifetime": "1h", "refresh-token-lifetime": "7d", "leeway": "10s",
             "rotate-after": "2d", "hs256-secret": "0123456789abcdef0123456789abcdef",
             "default-scopes": ["orders:read"],
             "verified-token-cache": {"enabled": false, "max-entries": 5},
             "bad-tokens": {"limit": 7, "window": "20s", "max-addresses": 100},
             "hashing": {"memory-kib": 1024, "iterations": 3, "threads": 2, "queue": 9}}""");

    assertThat(config)
        .isEqualTo(
            new AuthConfig(
                "i",
                "a",
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ofDays(7),
                Duration.ofSeconds(10),
                Duration.ofDays(2),
                new Secret("0123456789abcdef0123456789abcdef"),
                List.of("orders:read"),
                new AuthConfig.VerifiedTokenCache(false, 5),
                new AuthConfig.BadTokens(7, Duration.ofSeconds(20), 100),
                new AuthConfig.Hashing(1024, 3, 2, 9)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"hs256-secret\": \"short\"} | hs256-secret: 5 bytes (expected: none or >= 32 bytes)",
        "{\"leeway\": \"2m\"} | leeway: PT2M (expected: PT0S..PT1M)",
        "{\"max-accepted-lifetime\": \"1m\"} | max-accepted-lifetime: PT1M (expected: PT15M..PT720H)",
        "{\"issuer\": \" \"} | issuer: blank (expected: a name)",
        "{\"default-scopes\": [\"a b\"]} | default-scopes: a b (expected: names such as orders:read)",
        "{\"hashing\": {\"queue\": 0}} | queue: 0 (expected: 1..100000)",
        "{\"bad-tokens\": {\"limit\": 0}} | limit: 0 (expected: 1..1000000)",
        "{\"rotate-afer\": \"1d\"} | did you mean rotate-after?"
      })
  void bind_wrongValue_namesTheKeyAndWhatWasExpected(String text, String message) {
    assertThatThrownBy(() -> bind(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("auth");
  }

  @Test
  void bind_shortSecret_isNotShown() {
    assertThatThrownBy(() -> bind("{\"hs256-secret\": \"hunter2\"}"))
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"email\": \"root\"} | email: root (expected: an e-mail address)",
        "{\"password\": \"long enough\"} | password: set without email (expected: both)",
        "{\"email\": \"a@b\", \"password\": \"short\"} | password: 5 characters (expected: 8..128)"
      })
  void bind_wrongAdmin_namesTheKeyAndWhatWasExpected(String text, String message) {
    assertThatThrownBy(() -> Settings.bind(json(text), AdminConfig.defaults(), AdminConfig.SECTION))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
