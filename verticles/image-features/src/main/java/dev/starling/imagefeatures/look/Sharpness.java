package dev.starling.imagefeatures.look;

/**
 * How crisp a picture is: the variance of its Laplacian, which edges raise and blur lowers.
 *
 * <p>Source: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy" (2000), 2.3; as
 * LAPV in Pertuz et al., "Analysis of focus measure operators" (2013). Both compare pictures of one
 * scene; between scenes it also says how much detail there is.
 */
final class Sharpness {
  /** The variance, of luma 0..255, below which pictures are usually called blurred. */
  private static final double HALF = 100;

  private Sharpness() {}

  /**
   * 0 (no edges) .. 1; one half where pictures begin to be called blurred.
   *
   * @param picture about as large as it is looked at
   */
  static double of(Raster picture) {
    int width = picture.width();
    int height = picture.height();
    if (width < 3 || height < 3) {
      return 0;
    }
    int[] luma = new int[width * height];
    for (int i = 0; i < luma.length; i++) {
      luma[i] = Rgb.luma(picture.rgb(i % width, i / width));
    }
    long sum = 0;
    long squares = 0;
    for (int y = 1; y < height - 1; y++) {
      for (int x = 1; x < width - 1; x++) {
        int at = y * width + x;
        int value =
            luma[at - 1] + luma[at + 1] + luma[at - width] + luma[at + width] - 4 * luma[at];
        sum += value;
        squares += (long) value * value;
      }
    }
    double count = (width - 2.0) * (height - 2.0);
    double mean = sum / count;
    double variance = squares / count - mean * mean;
    return Rounded.of(variance / (variance + HALF));
  }
}
