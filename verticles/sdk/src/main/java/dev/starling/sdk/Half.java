package dev.starling.sdk;

/**
 * Numbers of 16 bits: binary16 of IEEE 754, which JDK 17 does not convert.
 *
 * <p>One bit of sign, five of exponent (bias 15), ten of mantissa. Thread-safe, without state.
 */
public final class Half {
  private static final int SIGN = 0x8000;
  private static final int MANTISSA_BITS = 10;
  private static final int MANTISSA = (1 << MANTISSA_BITS) - 1;
  private static final int SPECIAL_EXPONENT = 31;
  private static final int BIAS = 15;
  private static final int LEAST_EXPONENT = -14;

  /** Half way from the greatest finite number, 65504, to what would be the next; a tie goes up. */
  private static final double TOO_LARGE = 65_520;

  private Half() {}

  /** Whether a number is finite once it is rounded. */
  public static boolean holds(double value) {
    return Math.abs(value) < TOO_LARGE;
  }

  /** The nearest one to a number that {@link #holds}; of two equally near the even one. */
  public static int bits(double value) {
    int sign = Double.doubleToRawLongBits(value) < 0 ? SIGN : 0;
    double size = Math.abs(value);
    int exponent = Math.max(LEAST_EXPONENT, Math.getExponent(size));
    // Scaling by a power of two is exact, so this rounds once. A mantissa that is rounded up to the
    // next power of two carries into the exponent, which is right.
    int mantissa = (int) Math.rint(Math.scalb(size, MANTISSA_BITS - exponent));
    int biased = exponent - LEAST_EXPONENT;
    return sign | (biased << MANTISSA_BITS) + mantissa;
  }

  /** The number that these bits are; exact. */
  public static float value(int bits) {
    int exponent = bits >>> MANTISSA_BITS & SPECIAL_EXPONENT;
    int mantissa = bits & MANTISSA;
    float size;
    if (exponent == SPECIAL_EXPONENT) {
      size = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      size = Math.scalb((float) mantissa, LEAST_EXPONENT - MANTISSA_BITS);
    } else {
      size = Math.scalb((float) (mantissa | MANTISSA + 1), exponent - BIAS - MANTISSA_BITS);
    }
    return (bits & SIGN) == 0 ? size : -size;
  }
}
