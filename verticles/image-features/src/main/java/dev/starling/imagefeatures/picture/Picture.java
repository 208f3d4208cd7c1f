package dev.starling.imagefeatures.picture;

/**
 * A decoded picture that stands upright. Immutable, and confined to whoever read it: it is large.
 */
public final class Picture {
  private final Pixels pixels;
  private final int storedWidth;
  private final int storedHeight;
  private final Orientation orientation;

  Picture(Pixels pixels, int storedWidth, int storedHeight, Orientation orientation) {
    this.pixels = pixels;
    this.storedWidth = storedWidth;
    this.storedHeight = storedHeight;
    this.orientation = orientation;
  }

  /** In pixels that were read, which may be fewer than the file has. */
  public int width() {
    return orientation.swapped() ? storedHeight : storedWidth;
  }

  public int height() {
    return orientation.swapped() ? storedWidth : storedHeight;
  }

  /**
   * Copies a row, 0xAARRGGBB.
   *
   * @param row as long as the picture is wide
   */
  public void row(int y, int[] row) {
    int width = width();
    int fromX = orientation.storedX(0, y, storedWidth);
    int fromY = orientation.storedY(0, y, storedHeight);
    // The same all along, so a row is a straight line through what is stored.
    int stepX = orientation.storedX(1, y, storedWidth) - fromX;
    int stepY = orientation.storedY(1, y, storedHeight) - fromY;
    for (int x = 0; x < width; x++) {
      row[x] = pixels.argb(fromX + x * stepX, fromY + x * stepY);
    }
  }
}
