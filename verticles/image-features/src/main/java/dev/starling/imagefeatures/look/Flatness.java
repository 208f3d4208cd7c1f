package dev.starling.imagefeatures.look;

/**
 * How much of a picture is of one colour next to itself, and whether its edges stand straight: what
 * is drawn has both, what a lens took has noise. Fed row by row; not thread-safe.
 */
final class Flatness {
  /** A step of luma that is seen as an edge. */
  private static final int EDGE = 32;

  private final boolean[] edgesAbove;
  private final boolean[] edges;
  private long pairs;
  private long flat;
  private long edgeCount;
  private long straight;

  Flatness(int width) {
    this.edgesAbove = new boolean[width];
    this.edges = new boolean[width];
  }

  /** The next row from above, 0xRRGGBB. */
  void add(int[] row) {
    System.arraycopy(edges, 0, edgesAbove, 0, edges.length);
    int left = Rgb.luma(row[0]);
    for (int x = 1; x < edges.length; x++) {
      int luma = Rgb.luma(row[x]);
      edges[x] = Math.abs(luma - left) >= EDGE;
      left = luma;
      pairs++;
      if (row[x] == row[x - 1]) {
        flat++;
      }
      if (edges[x]) {
        edgeCount++;
        if (edgesAbove[x]) {
          straight++;
        }
      }
    }
  }

  /** Share of pixels that are exactly as their left neighbour, 0..1. */
  double flatShare() {
    return pairs == 0 ? 1 : (double) flat / pairs;
  }

  /** Share of the edge pixels that go on straight upwards, 0..1; 0 without edges. */
  double straightShare() {
    return edgeCount == 0 ? 0 : (double) straight / edgeCount;
  }
}
