package dev.starling.imagefeatures.look;

/**
 * Makes a picture smaller, row by row: each of its pixels is the mean of those that it stands for.
 * Not thread-safe.
 */
final class Reduction {
  private final int fromWidth;
  private final int fromHeight;
  private final Raster result;
  private final int[] column;
  private final int[] counts;
  private final long[] sums;
  private int row;

  /**
   * Of a picture of this size.
   *
   * @param longest side of the result; smaller pictures stay as they are
   */
  Reduction(int width, int height, int longest) {
    int side = Math.max(width, height);
    this.fromWidth = width;
    this.fromHeight = height;
    this.result =
        side <= longest
            ? new Raster(width, height)
            : new Raster(shortened(width, side, longest), shortened(height, side, longest));
    this.column = new int[width];
    this.counts = new int[result.width()];
    this.sums = new long[3 * result.width()];
    for (int x = 0; x < width; x++) {
      column[x] = (int) ((long) x * result.width() / width);
    }
  }

  private static int shortened(int length, int side, int longest) {
    return Math.max(1, (int) ((long) length * longest / side));
  }

  static Raster of(Raster raster, int longest) {
    Reduction reduction = new Reduction(raster.width(), raster.height(), longest);
    int[] row = new int[raster.width()];
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = raster.rgb(x, y);
      }
      reduction.add(row);
    }
    return reduction.result();
  }

  /** The next row from above, 0xRRGGBB. */
  void add(int[] pixels) {
    for (int x = 0; x < fromWidth; x++) {
      int at = column[x];
      int rgb = pixels[x];
      counts[at]++;
      sums[3 * at] += Rgb.red(rgb);
      sums[3 * at + 1] += Rgb.green(rgb);
      sums[3 * at + 2] += Rgb.blue(rgb);
    }
    int target = target(row);
    row++;
    if (row == fromHeight || target(row) != target) {
      flush(target);
    }
  }

  private int target(int y) {
    return (int) ((long) y * result.height() / fromHeight);
  }

  private void flush(int y) {
    for (int x = 0; x < counts.length; x++) {
      int count = counts[x];
      int rgb =
          mean(sums[3 * x], count) << 16
              | mean(sums[3 * x + 1], count) << 8
              | mean(sums[3 * x + 2], count);
      result.set(x, y, rgb);
      counts[x] = 0;
      sums[3 * x] = 0;
      sums[3 * x + 1] = 0;
      sums[3 * x + 2] = 0;
    }
  }

  private static int mean(long sum, int count) {
    return (int) ((sum + count / 2) / count);
  }

  /** Once all rows were added. */
  Raster result() {
    return result;
  }
}
