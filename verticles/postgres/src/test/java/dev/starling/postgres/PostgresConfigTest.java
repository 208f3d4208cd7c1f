package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PostgresConfigTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void defaults_areEmbeddedAndBounded() {
    PostgresConfig defaults = PostgresConfig.defaults();
    assertThat(defaults.embedded()).isTrue();
    assertThat(defaults.poolSize()).isEqualTo(16);
    assertThat(defaults.maxWaiting()).isEqualTo(64);
    assertThat(defaults.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(defaults.acquireTimeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(defaults.statementTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(defaults.embeddedPort()).isZero();
  }

  @Test
  void uri_nullOrBlank_isEmbedded() {
    assertThat(config(null, 1, 0, SECOND, 0).embedded()).isTrue();
    assertThat(config("  ", 1, 0, SECOND, 0).uri()).isEmpty();
  }

  @Test
  void uri_malformed_isRefused() {
    assertThatThrownBy(() -> config("mysql://u:p@h/d", 1, 0, SECOND, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uri: scheme mysql (expected: postgresql://");
  }

  @Test
  void poolSize_outOfRange_isRefused() {
    assertThatThrownBy(() -> config("", 0, 0, SECOND, 0))
        .hasMessage("pool-size: 0 (expected: 1..1000)");
    assertThatThrownBy(() -> config("", 1001, 0, SECOND, 0))
        .hasMessage("pool-size: 1001 (expected: 1..1000)");
  }

  @Test
  void maxWaiting_negative_isRefused() {
    assertThatThrownBy(() -> config("", 1, -1, SECOND, 0))
        .hasMessage("max-waiting: -1 (expected: 0..100000)");
  }

  @Test
  void embeddedPort_outOfRange_isRefused() {
    assertThatThrownBy(() -> config("", 1, 0, SECOND, 65_536))
        .hasMessage("embedded-port: 65536 (expected: 0..65535)");
  }

  @Test
  void timeouts_zeroOrTooLongOrMissing_areRefused() {
    assertThatThrownBy(() -> config("", 1, 0, Duration.ZERO, 0))
        .hasMessage("connect-timeout: PT0S (expected: PT0.001S..PT1M)");
    assertThatThrownBy(() -> new PostgresConfig("", 1, 0, SECOND, Duration.ofHours(1), SECOND, 0))
        .hasMessage("acquire-timeout: PT1H (expected: PT0.001S..PT1M)");
    assertThatThrownBy(() -> new PostgresConfig("", 1, 0, SECOND, SECOND, Duration.ofNanos(1), 0))
        .hasMessage("statement-timeout: PT0.000000001S (expected: PT0.001S..PT1H)");
    assertThatThrownBy(() -> config("", 1, 0, null, 0))
        .hasMessageStartingWith("connect-timeout: null (expected:");
  }

  @Test
  void toString_masksThePassword() {
    PostgresConfig config = config("postgresql://me:s3cret@db/orders", 1, 0, SECOND, 0);
    assertThat(config.toString()).contains("me:***@db:5432/orders").doesNotContain("s3cret");
  }

  @SuppressWarnings("NullAway") // A missing key arrives as null, whatever the annotation says.
  private static PostgresConfig config(
      @Nullable String uri,
      int poolSize,
      int maxWaiting,
      @Nullable Duration connectTimeout,
      int port) {
    return new PostgresConfig(uri, poolSize, maxWaiting, connectTimeout, SECOND, SECOND, port);
  }
}
