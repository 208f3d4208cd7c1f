package dev.starling.openinference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfTest {

  @Test
  void ofFloat_eachHalfAsAFloat_isThatHalf() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      float value = Half.toFloat(half);
      if (Float.isNaN(value)) {
        assertThat(Float.isNaN(Half.toFloat(Half.ofFloat(value)))).isTrue();
      } else {
        assertThat(Half.ofFloat(value)).as("%04x, %s", bits, value).isEqualTo(half);
      }
    }
  }

  @Test
  void toFloat_knownHalves_areTheirNumbers() {
    // Table of binary16 values: IEEE 754, and its article in Wikipedia.
    assertThat(Half.toFloat((short) 0x0000)).isEqualTo(0f);
    assertThat(Half.toFloat((short) 0x0001)).isEqualTo(5.9604645e-8f);
    assertThat(Half.toFloat((short) 0x03ff)).isEqualTo(6.097555e-5f);
    assertThat(Half.toFloat((short) 0x0400)).isEqualTo(6.1035156e-5f);
    assertThat(Half.toFloat((short) 0x3555)).isEqualTo(0.33325195f);
    assertThat(Half.toFloat((short) 0x3c00)).isEqualTo(1f);
    assertThat(Half.toFloat((short) 0x3c01)).isEqualTo(1.0009766f);
    assertThat(Half.toFloat((short) 0x7bff)).isEqualTo(Half.MAX);
    assertThat(Half.toFloat((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Half.toFloat((short) 0xc000)).isEqualTo(-2f);
    assertThat(Float.floatToRawIntBits(Half.toFloat((short) 0x8000))).isEqualTo(0x8000_0000);
  }

  @Test
  void ofFloat_betweenTwoHalves_isTheNearestAndOfTwoTheEven() {
    assertThat(Half.ofFloat(1f + 1f / 2048)).isEqualTo((short) 0x3c00);
    assertThat(Half.ofFloat(1f + 3f / 2048)).isEqualTo((short) 0x3c02);
    assertThat(Half.ofFloat(Math.nextUp(1f + 1f / 2048))).isEqualTo((short) 0x3c01);
    assertThat(Half.ofFloat(65_519f)).isEqualTo((short) 0x7bff);
    assertThat(Half.ofFloat(65_520f)).isEqualTo((short) 0x7c00);
    assertThat(Half.ofFloat(0x1p-25f)).isEqualTo((short) 0);
    assertThat(Half.ofFloat(Math.nextUp(0x1p-25f))).isEqualTo((short) 1);
    assertThat(Half.ofFloat(-1e-30f)).isEqualTo((short) 0x8000);
  }

  @Test
  void ofFloat_anyFloat_isAsNearAsNoOtherHalf() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isNaN(value) || Math.abs(value) >= 65_520) {
        continue;
      }
      short half = Half.ofFloat(value);
      double distance = Math.abs((double) Half.toFloat(half) - value);
      for (int neighbour : new int[] {half - 1, half + 1}) {
        float other = Half.toFloat((short) neighbour);
        if (Float.isFinite(other)) {
          assertThat(distance)
              .as("%s", value)
              .isLessThanOrEqualTo(Math.abs((double) other - value));
        }
      }
    }
  }
}
