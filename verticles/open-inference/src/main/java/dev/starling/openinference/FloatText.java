package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.io.NumberOutput;

/**
 * Writes floats as JSON has them: the shortest digits that are read as the same float again, and of
 * several as short the closest. Without state.
 */
final class FloatText {
  /** The most that a finite float takes. */
  static final int MAX_BYTES = 15;

  /*
   * Numbers of vectors are mostly between 0.001 and 1. There a double tells which decimals lie
   * within half a unit in the last place (ulp) of the float: with k decimals, of which an ulp is
   * 1 to 10 units, float and ulp are below 2^24 * 10 units, so the product is off by less than
   * 2^28 * 2^-53 < 1e-7 units. A multiple of ten units within half an ulp has the fewest digits;
   * there is one at most. Otherwise it is the closest decimal. What is too close to call, and every
   * other number, is left to Jackson. Compare R. Giulietti, "The Schubfach way to render doubles".
   */
  private static final float LEAST = 0.001f;
  private static final double DOUBT = 1e-6;
  private static final int FRACTION_BITS = 23;
  private static final int FRACTION = (1 << FRACTION_BITS) - 1;
  private static final int ONE = 127;

  /** The decimals for an ulp of 2^-24 to 2^-33, and the powers of ten that go with them. */
  private static final int[] DECIMALS = {8, 8, 8, 9, 9, 9, 10, 10, 10, 10};

  private static final double[] UNITS = {1e8, 1e8, 1e8, 1e9, 1e9, 1e9, 1e10, 1e10, 1e10, 1e10};

  private FloatText() {}

  /**
   * Writes one.
   *
   * @param value finite
   * @return where its text ends
   */
  static int write(float value, byte[] to, int at) {
    float size = Math.abs(value);
    if (size >= LEAST && size < 1) {
      int bits = Float.floatToRawIntBits(size);
      int index = ONE - 1 - (bits >>> FRACTION_BITS);
      double units = UNITS[index];
      double exact = size * units;
      // Below a power of two floats are closer together.
      long digits = (bits & FRACTION) == 0 ? -1 : digits(exact, Math.ulp(size) * units / 2);
      if (digits >= 0) {
        int next = at;
        if (value < 0) {
          to[next++] = '-';
        }
        return writeFraction(digits, DECIMALS[index], to, next);
      }
    }
    byte[] text = NumberOutput.toString(value, true).getBytes(ISO_8859_1);
    System.arraycopy(text, 0, to, at, text.length);
    return at + text.length;
  }

  /**
   * The shortest decimal that lies so close, in units; negative when that is hard to say.
   *
   * @param near half an ulp, in units; 0.5 or more, and less than 5
   */
  private static long digits(double exact, double near) {
    long below = (long) exact;
    long tens = below / 10 * 10;
    double toTens = exact - tens;
    double toNext = 10 - toTens;
    if (Math.abs(toTens - near) < DOUBT || Math.abs(toNext - near) < DOUBT) {
      return -1;
    }
    if (toTens < near) {
      return tens;
    }
    if (toNext < near) {
      return tens + 10;
    }
    double rest = exact - below;
    if (Math.abs(rest - 0.5) < DOUBT) {
      return -1;
    }
    return rest < 0.5 ? below : below + 1;
  }

  /** Without the zeros at its end. */
  private static int writeFraction(long digits, int decimals, byte[] to, int at) {
    to[at] = '0';
    to[at + 1] = '.';
    int rest = (int) digits;
    int length = decimals;
    while (rest % 10 == 0 && length > 1) {
      rest /= 10;
      length--;
    }
    int end = at + 2 + length;
    for (int i = end - 1; i >= at + 2; i--) {
      int tenth = rest / 10;
      to[i] = (byte) ('0' + rest - tenth * 10);
      rest = tenth;
    }
    return end;
  }
}
