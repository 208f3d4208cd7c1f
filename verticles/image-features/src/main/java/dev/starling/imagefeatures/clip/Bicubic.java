package dev.starling.imagefeatures.clip;

/**
 * What each pixel of a line is made of when the line gets another length: bicubic, over as many
 * pixels as it stands for, in fixed point. Immutable.
 *
 * <p>Source: Pillow's {@code Resample.c} (precompute_coeffs, normalize_coeffs_8bpc and
 * bicubic_filter with a = −0.5), whose numbers these are to the bit.
 */
final class Bicubic {
  private static final double A = -0.5;

  /** Pixels on either side that the filter reaches to. */
  private static final double REACH = 2;

  /** 32 bits less eight of a pixel, and two for what overshoots. */
  private static final int FRACTION_BITS = 32 - 8 - 2;

  private final int[] from;
  private final int[][] weights;

  /**
   * For a part of the new line.
   *
   * @param length of the old line, 1 or more
   * @param target length of the new line, 1 or more
   * @param start of the part, in the new line
   * @param count of its pixels
   */
  Bicubic(int length, int target, int start, int count) {
    this.from = new int[count];
    this.weights = new int[count][];
    double scale = (double) length / target;
    double stretch = Math.max(scale, 1);
    double reach = REACH * stretch;
    double perPixel = 1.0 / stretch;
    for (int i = 0; i < count; i++) {
      double center = (start + i + 0.5) * scale;
      int first = Math.max(0, (int) (center - reach + 0.5));
      int end = Math.min(length, (int) (center + reach + 0.5));
      double[] parts = new double[end - first];
      double sum = 0;
      for (int k = 0; k < parts.length; k++) {
        parts[k] = filter((k + first - center + 0.5) * perPixel);
        sum += parts[k];
      }
      from[i] = first;
      weights[i] = fixed(parts, sum);
    }
  }

  /** The first pixel of the old line that is needed. */
  int first() {
    return from[0];
  }

  /** The one behind the last. */
  int end() {
    int last = from.length - 1;
    return from[last] + weights[last].length;
  }

  private static int[] fixed(double[] parts, double sum) {
    int[] weights = new int[parts.length];
    for (int k = 0; k < parts.length; k++) {
      double part = (sum == 0 ? parts[k] : parts[k] / sum) * (1 << FRACTION_BITS);
      weights[k] = (int) (part < 0 ? part - 0.5 : part + 0.5);
    }
    return weights;
  }

  private static double filter(double x) {
    double distance = Math.abs(x);
    if (distance < 1) {
      return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
    }
    if (distance < REACH) {
      return (((distance - 5) * distance + 8) * distance - 4) * A;
    }
    return 0;
  }

  /**
   * One pixel of the part, 0..255.
   *
   * @param line eight-bit values
   * @param start where the old line would begin in {@code line}
   * @param stride from one of its pixels to the next
   */
  int pixel(byte[] line, int start, int stride, int index) {
    int[] parts = weights[index];
    int at = start + from[index] * stride;
    int sum = 1 << FRACTION_BITS - 1;
    for (int part : parts) {
      sum += (line[at] & 0xFF) * part;
      at += stride;
    }
    return Math.min(255, Math.max(0, sum >> FRACTION_BITS));
  }
}
