package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfTest {

  /** From the table of examples in IEEE 754-2008 and Wikipedia's "Half-precision". */
  @ParameterizedTest
  @CsvSource({
    "0, 0000",
    "-0.0, 8000",
    "1, 3c00",
    "-2, c000",
    "65504, 7bff",
    "65519.99, 7bff",
    "0.00006103515625, 0400",
    "0.000060975552, 03ff",
    "5.9604644775390625E-8, 0001",
    "2.98023223876953125E-8, 0000",
    "2.98024E-8, 0001",
    "0.333333333, 3555",
    "1.00048828125, 3c00",
    "1.00146484375, 3c02",
    "2047.9, 6800"
  })
  void bits_number_areThoseOfTheNearestHalf(double number, String hex) {
    assertThat(Integer.toHexString(0x10000 | Half.bits(number)).substring(1)).isEqualTo(hex);
  }

  @Test
  void value_eachFiniteHalf_hasItsOwnBitsAgain() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.value(bits);
      if (Float.isFinite(value)) {
        assertThat(Half.holds(value)).isTrue();
        assertThat(Half.bits(value)).isEqualTo(bits);
      }
    }
  }

  @Test
  void holds_beyondTheGreatest_isFalse() {
    assertThat(Half.holds(65_519.999)).isTrue();
    assertThat(Half.holds(65_520)).isFalse();
    assertThat(Half.holds(Double.NEGATIVE_INFINITY)).isFalse();
    assertThat(Half.holds(Double.NaN)).isFalse();
  }

  @Test
  void value_specialBits_areInfiniteOrNoNumber() {
    assertThat(Half.value(0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Half.value(0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Half.value(0x7e00)).isNaN();
  }
}
