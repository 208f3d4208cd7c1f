package dev.starling.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "120, PT2M",
    "' 5 ', PT5S",
    "'Tue, 01 Jan 2030 00:01:30 GMT', PT1M30S",
    "'Mon, 31 Dec 2029 23:59:59 GMT', PT0S",
    "-1, PT0S",
    "1.5, PT0S",
    "99999999999, PT0S",
    "soon, PT0S"
  })
  void read_fieldOfAnAnswer_isHowLongToWait(String field, Duration pause) {
    assertThat(RetryAfter.read(field, NOW)).isEqualTo(pause);
  }

  @Test
  void read_noField_isNoPause() {
    assertThat(RetryAfter.read(null, NOW)).isZero();
  }
}
