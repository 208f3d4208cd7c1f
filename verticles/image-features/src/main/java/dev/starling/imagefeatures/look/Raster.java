package dev.starling.imagefeatures.look;

/** Pixels in memory, 0xRRGGBB. Not thread-safe while it is written. */
final class Raster {
  private final int width;
  private final int height;
  private final int[] pixels;

  Raster(int width, int height) {
    this.width = width;
    this.height = height;
    this.pixels = new int[width * height];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int rgb(int x, int y) {
    return pixels[y * width + x];
  }

  void set(int x, int y, int rgb) {
    pixels[y * width + x] = rgb;
  }
}
