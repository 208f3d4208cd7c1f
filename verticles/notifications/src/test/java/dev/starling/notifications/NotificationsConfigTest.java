package dev.starling.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.notifications.NotificationsConfig.SmsConfig;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Json;
import dev.starling.sdk.Secret;
import dev.starling.sdk.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationsConfigTest {

  @Test
  void defaults_areWhatTheDocumentationSays() {
    assertThat(Settings.toTree(NotificationsConfig.defaults()))
        .hasToString(
            """
            {"smtp":{"host":"","port":587,"tls":"starttls","username":"","password":"","from":"",\
            "ca":"","timeout":"5s","max-in-flight":8},"sms":{"url":""}}""");
  }

  @Test
  void bind_everyKey_isTaken() throws JsonProcessingException {
    assertThat(
            bind(
                """
                {"smtp":{"host":"mail.example.org","port":465,"tls":"tls","username":"u",
                 "password":"p","from":"a@example.org","ca":"ca.pem","timeout":"1s",
                 "max-in-flight":2},"sms":{"url":"https://sms.example.org/"}}"""))
        .isEqualTo(
            new NotificationsConfig(
                new SmtpConfig(
                    "mail.example.org",
                    465,
                    SmtpConfig.Encryption.TLS,
                    "u",
                    new Secret("p"),
                    "a@example.org",
                    "ca.pem",
                    Duration.ofSeconds(1),
                    2),
                new SmsConfig("https://sms.example.org/")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"host\":\"m\",\"from\":\"nobody\"}  | from: nobody (expected: an address such as",
        "{\"host\":\"m\",\"from\":\"A <a@b.org>\"} | from: A <a@b.org> (expected: an address",
        "{\"host\":\"m\",\"from\":\"a@b.org\",\"tls\":\"none\"} | tls: none for m (expected: starttls or tls",
        "{\"host\":\"m\",\"from\":\"a@b.org\",\"username\":\"u\"} | password: missing for a username",
        "{\"host\":\"m\",\"from\":\"a@b.org\",\"password\":\"hidden\"} | password: without a username",
        "{\"port\":0}                          | port: 0 (expected: 1..65535)",
        "{\"timeout\":\"1ms\"}                 | timeout: PT0.001S (expected: PT0.1S..PT1M)",
        "{\"max-in-flight\":0}                 | max-in-flight: 0 (expected: 1..1000)"
      })
  void bind_badSmtp_saysWhatWasExpected(String smtp, String message) {
    assertThatThrownBy(() -> bind("{\"smtp\":" + smtp + "}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("hidden");
  }

  private static NotificationsConfig bind(String section) throws JsonProcessingException {
    return Settings.bind(
        Json.MAPPER.readTree(section), NotificationsConfig.defaults(), "notifications");
  }
}
