package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTimeoutTest {

  @Test
  void millis_noHeader_isNone() {
    assertThat(RequestTimeout.millis(null, null)).isEqualTo(RequestTimeout.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "1H, 3600000",
    "2M, 120000",
    "3S, 3000",
    "500m, 500",
    "1u, 1",
    "1001u, 2",
    "1n, 1",
    "99999999n, 100",
    "99999999H, 359999996400000"
  })
  void millis_grpcTimeout_isRoundedUp(String value, long millis) {
    assertThat(RequestTimeout.millis(null, value)).isEqualTo(millis);
  }

  @Test
  void millis_both_isTheShorter() {
    assertThat(RequestTimeout.millis("700", "1S")).isEqualTo(700);
    assertThat(RequestTimeout.millis("7000", "1S")).isEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "+1", "1.5", " 1", "1 ", "1e3", "123456789", "0x1", "٣"})
  void millis_badNumber_isInvalid(String value) {
    assertThat(RequestTimeout.millis(value, null)).isEqualTo(RequestTimeout.INVALID);
    assertThat(RequestTimeout.millis(value, "1S")).isEqualTo(RequestTimeout.INVALID);
    assertThat(RequestTimeout.millis(null, value + "S")).isEqualTo(RequestTimeout.INVALID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "1", "1s", "1x", "1 S", "1SS"})
  void millis_badUnit_isInvalid(String value) {
    assertThat(RequestTimeout.millis(null, value)).isEqualTo(RequestTimeout.INVALID);
  }
}
