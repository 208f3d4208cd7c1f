package dev.starling.openinference;

/**
 * Numbers of 16 bits: binary16 of IEEE 754-2019. (Java has them from version 20 on.)
 *
 * <p>One bit of sign, 5 of exponent with a bias of 15, 10 of fraction.
 */
final class Half {
  static final float MAX = 65_504f;

  private static final int INFINITY = 0x7c00;

  private Half() {}

  /** Exact: every half is a float. */
  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      // Zero, or subnormal: the fraction counts units of 2^-24.
      float size = fraction * 0x1p-24f;
      return sign == 0 ? size : -size;
    }
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f80_0000 | fraction << 13);
    }
    return Float.intBitsToFloat(sign | exponent + (127 - 15) << 23 | fraction << 13);
  }

  /** Rounds to the nearest, of two to the even one; what is too large becomes infinite. */
  static short ofFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int size = bits & 0x7fff_ffff;
    if (size >= 0x7f80_0000) {
      // A NaN keeps the upper bits of its payload, and stays one without them.
      int payload = size > 0x7f80_0000 ? size >>> 13 & 0x3ff | 0x200 : 0;
      return (short) (sign | INFINITY | payload);
    }
    // 0x477ff000 is 65520, half way between the largest half and what would come next.
    if (size >= 0x477f_f000) {
      return (short) (sign | INFINITY);
    }
    // 0x38800000 is 2^-14, the smallest that is not subnormal.
    if (size < 0x3880_0000) {
      // Adding 0.5 leaves units of 2^-24 in the last places, rounded by the addition itself.
      float rounded = Float.intBitsToFloat(size) + 0.5f;
      return (short) (sign | Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(0.5f));
    }
    int odd = size >>> 13 & 1;
    return (short) (sign | size - (127 - 15 << 23) + 0xfff + odd >>> 13);
  }
}
