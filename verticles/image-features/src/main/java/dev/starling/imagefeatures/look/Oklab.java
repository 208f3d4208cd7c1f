package dev.starling.imagefeatures.look;

/**
 * A colour as it is seen: distances are about what eyes find them to be.
 *
 * <p>Source: Björn Ottosson, "A perceptual color space for image processing" (2020), with its
 * matrices; the transfer function is that of sRGB (IEC 61966-2-1).
 *
 * @param lightness 0 (black) .. 1 (white)
 * @param a from green to red
 * @param b from blue to yellow
 */
record Oklab(double lightness, double a, double b) {
  private static final double[] LINEAR = new double[256];

  static {
    for (int i = 0; i < LINEAR.length; i++) {
      double value = i / 255.0;
      // The strict ones, here and below: the same on every machine.
      LINEAR[i] = value <= 0.04045 ? value / 12.92 : StrictMath.pow((value + 0.055) / 1.055, 2.4);
    }
  }

  static Oklab of(int rgb) {
    double red = LINEAR[Rgb.red(rgb)];
    double green = LINEAR[Rgb.green(rgb)];
    double blue = LINEAR[Rgb.blue(rgb)];
    double l = StrictMath.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    double m = StrictMath.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    double s = StrictMath.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    return new Oklab(
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
  }
}
