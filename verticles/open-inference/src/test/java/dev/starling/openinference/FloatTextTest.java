package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatTextTest {
  private static final int SAMPLES = 500_000;

  @ParameterizedTest
  @ValueSource(
      floats = {
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        -0.25f,
        0.1f,
        0.3f,
        0.7f,
        0.001f,
        0.0009999999f,
        0.99999994f,
        0.015625f,
        0.0625f,
        0.03f,
        123456.79f,
        1e10f,
        Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MIN_NORMAL
      })
  void write_numberOfNote_isTheShortestText(float value) {
    assertThat(written(value)).isEqualTo(NumberOutput.toString(value, true));
  }

  @Test
  void write_anyBits_areReadAsTheSameFloat() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SAMPLES; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        check(value);
      }
    }
  }

  /** Those that are not left to Jackson. */
  @Test
  void write_numbersOfVectors_areTheShortestText() {
    SplittableRandom random = new SplittableRandom(2);
    int least = Float.floatToRawIntBits(0.001f);
    int most = Float.floatToRawIntBits(1f);
    for (int i = 0; i < SAMPLES; i++) {
      check(Float.intBitsToFloat(random.nextInt(least, most)));
    }
  }

  /** Around these the shortest text is much shorter than for their neighbours. */
  @Test
  void write_fewDecimalsAndTheirNeighbours_areTheShortestText() {
    for (int thousandth = 1; thousandth < 1000; thousandth++) {
      float value = thousandth / 1000f;
      float below = value;
      float above = value;
      for (int i = 0; i < 40; i++) {
        check(below);
        check(-above);
        below = Math.nextDown(below);
        above = Math.nextUp(above);
      }
    }
    for (float power = 1; power > 0.0001f; power /= 2) {
      check(Math.nextDown(power));
      check(power);
      check(Math.nextUp(power));
    }
  }

  private static void check(float value) {
    String text = written(value);
    if (!text.equals(NumberOutput.toString(value, true)) || Float.parseFloat(text) != value) {
      assertThat(text).as("%08x", Float.floatToRawIntBits(value)).isEqualTo("" + value);
    }
  }

  private static String written(float value) {
    byte[] bytes = new byte[2 + FloatText.MAX_BYTES];
    int end = FloatText.write(value, bytes, 2);
    return new String(bytes, 2, end - 2, ISO_8859_1);
  }
}
