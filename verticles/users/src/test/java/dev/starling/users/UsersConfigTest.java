package dev.starling.users;

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

class UsersConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(UsersConfig.defaults()))
        .hasToString(
            """
            {"reservation-life":"15m","cache-max-entries":50000,"cache-entry-life":"10m",\
            "cache-max-staleness":"1s","cache-poll-interval":"500ms","sweep-interval":"1m"}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                """
                {"reservation-life":"5m","cache-max-entries":10,"cache-entry-life":"1h",
                 "cache-max-staleness":"3s","cache-poll-interval":"200ms","sweep-interval":"10s"}"""))
        .isEqualTo(
            new UsersConfig(
                Duration.ofMinutes(5),
                10,
                Duration.ofHours(1),
                Duration.ofSeconds(3),
                Duration.ofMillis(200),
                Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"reservation-life\":\"0s\"}       | users.reservation-life: PT0S (expected: PT1S..PT168H)",
        "{\"cache-max-entries\":0}           | users.cache-max-entries: 0 (expected: 1..10000000)",
        "{\"cache-entry-life\":\"1ms\"}      | users.cache-entry-life: PT0.001S (expected: PT1S..PT24H)",
        "{\"cache-max-staleness\":\"1ms\"}   | users.cache-max-staleness: PT0.001S (expected: PT0.02S..PT1H)",
        "{\"cache-poll-interval\":\"1ms\"}   | users.cache-poll-interval: PT0.001S (expected: PT0.01S..PT1H)",
        "{\"cache-poll-interval\":\"501ms\"} | users.cache-poll-interval: 501 ms (expected: at most half of cache-max-staleness, 1000 ms)",
        "{\"sweep-interval\":\"2d\"}         | users.sweep-interval: PT48H (expected: PT1S..PT24H)",
        "{\"cache-ttl\":\"1s\"}              | users.cache-ttl: unknown key",
      })
  void bind_badValue_saysWhatWasExpected(String section, String message) {
    assertThatThrownBy(() -> bind(section))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  private static UsersConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(Json.MAPPER.readTree(section), UsersConfig.defaults(), "users");
  }
}
