package dev.starling.imagefeatures.picture;

/**
 * How far a picture may unfold.
 *
 * @param maxPixels that it may declare, width times height
 * @param maxDecodedBytes of its pixels in memory: what has more is read with rows and columns left
 *     out. A progressive JPEG may take twice as much before that, for its coefficients
 */
public record PictureLimits(int maxPixels, int maxDecodedBytes) {
  /** JPEG ends there; a PNG that is longer is a strip that nobody looks at. */
  static final int MAX_SIDE = 65_535;

  /**
   * Passes over all pixels that a JPEG may ask for. Encoders make ten or so; a file of a few bytes
   * for each can ask for thousands.
   */
  static final int MAX_SCANS = 64;

  /** Full-size passes, in units of the largest picture. */
  static final int MAX_SCANNED_PICTURES = 12;

  void checkSize(long width, long height) throws RefusedPicture {
    if (width < 1 || height < 1) {
      throw RefusedPicture.damaged(
          "size: " + width + " x " + height + " (expected: 1 x 1 or more)");
    }
    if (width > MAX_SIDE || height > MAX_SIDE) {
      throw RefusedPicture.unfoldsTooFar(
          "size: " + width + " x " + height + " (expected: sides of <= " + MAX_SIDE + ")");
    }
    if (width * height > maxPixels) {
      throw RefusedPicture.unfoldsTooFar(
          "pixels: " + width * height + " (expected: <= " + maxPixels + ")");
    }
  }

  /** So that each so-many-th row and column fits into memory. */
  int step(int width, int height, int bytesPerPixel) {
    int step = 1;
    while (ceil(width, step) * ceil(height, step) * bytesPerPixel > maxDecodedBytes) {
      step++;
    }
    return step;
  }

  private static long ceil(int length, int step) {
    return (length + step - 1L) / step;
  }
}
