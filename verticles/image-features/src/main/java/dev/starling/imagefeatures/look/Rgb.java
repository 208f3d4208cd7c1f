package dev.starling.imagefeatures.look;

/** Arithmetic on colours of eight bits a channel, 0xRRGGBB. Without state. */
final class Rgb {
  private Rgb() {}

  static int red(int rgb) {
    return rgb >> 16 & 0xFF;
  }

  static int green(int rgb) {
    return rgb >> 8 & 0xFF;
  }

  static int blue(int rgb) {
    return rgb & 0xFF;
  }

  /** Luma as ITU-R BT.601 weighs it, 0..255. */
  static int luma(int rgb) {
    return (299 * red(rgb) + 587 * green(rgb) + 114 * blue(rgb) + 500) / 1000;
  }

  /** What a pixel shows on a white page. */
  static int onWhite(int argb) {
    int alpha = argb >>> 24;
    if (alpha == 0xFF) {
      return argb & 0xFF_FFFF;
    }
    return over(red(argb), alpha) << 16 | over(green(argb), alpha) << 8 | over(blue(argb), alpha);
  }

  private static int over(int channel, int alpha) {
    return (channel * alpha + 255 * (255 - alpha) + 127) / 255;
  }
}
