package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Secret;
import dev.starling.sdk.Settings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhooksConfigTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(WebhooksConfig.defaults()))
        .hasToString(
            """
            {"allow":[],"secret":"","previous-secret":"","ca":"","timeout":"5s",\
            "max-in-flight":64,"max-response-bytes":65536,"longest-pause":"5m"}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                """
                {"allow":["localhost:*"],"secret":"%s","previous-secret":"%s","ca":"ca.pem",
                 "timeout":"1s","max-in-flight":2,"max-response-bytes":3,"longest-pause":"4s"}"""
                    .formatted(SECRET, SECRET)))
        .isEqualTo(
            new WebhooksConfig(
                List.of("localhost:*"),
                new Secret(SECRET),
                new Secret(SECRET),
                "ca.pem",
                Duration.ofSeconds(1),
                2,
                3,
                Duration.ofSeconds(4)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"allow\":[\"localhost\"]}     | webhooks.allow: localhost (expected: host:port",
        "{\"secret\":\"hidden\"}         | webhooks.secret: unusable (expected: whsec_ and",
        "{\"previous-secret\":\"hidden\"}| webhooks.previous-secret: unusable (expected: whsec_",
        "{\"timeout\":\"0s\"}            | webhooks.timeout: PT0S (expected: PT0.01S..PT1M)",
        "{\"max-in-flight\":0}           | webhooks.max-in-flight: 0 (expected: 1..10000)",
        "{\"max-response-bytes\":-1}     | webhooks.max-response-bytes: -1 (expected: 0..16777216)",
        "{\"longest-pause\":\"25h\"}     | webhooks.longest-pause: PT25H (expected: PT0S..PT24H)",
        "{\"time-out\":\"1s\"}           | webhooks.time-out: unknown key"
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("hidden");
  }

  private static WebhooksConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), WebhooksConfig.defaults(), "webhooks");
  }
}
