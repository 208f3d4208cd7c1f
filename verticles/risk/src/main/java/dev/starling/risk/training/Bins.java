package dev.starling.risk.training;

import java.util.Arrays;

/**
 * The values of each feature, sorted into at most {@value #MAX} bins of about as many examples, so
 * that looking for the best split is a walk over bins. Immutable.
 */
final class Bins {
  static final int MAX = 64;

  /** For each feature the largest value of each bin but the last, ascending. */
  private final float[][] edges;

  /** For each feature the bin of each example. */
  private final byte[][] codes;

  private Bins(float[][] edges, byte[][] codes) {
    this.edges = edges;
    this.codes = codes;
  }

  static Bins of(float[][] rows) {
    int features = rows[0].length;
    float[][] edges = new float[features][];
    byte[][] codes = new byte[features][rows.length];
    for (int feature = 0; feature < features; feature++) {
      float[] column = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        column[i] = rows[i][feature];
      }
      float[] sorted = column.clone();
      Arrays.sort(sorted);
      edges[feature] = edges(sorted);
      for (int i = 0; i < rows.length; i++) {
        int found = Arrays.binarySearch(edges[feature], column[i]);
        codes[feature][i] = (byte) (found >= 0 ? found : -found - 1);
      }
    }
    return new Bins(edges, codes);
  }

  private static float[] edges(float[] sorted) {
    float[] edges = new float[MAX];
    int count = 0;
    for (int i = 1; i < MAX; i++) {
      float edge = sorted[(int) ((long) i * sorted.length / MAX)];
      if (edge < sorted[sorted.length - 1] && (count == 0 || edge > edges[count - 1])) {
        edges[count++] = edge;
      }
    }
    return Arrays.copyOf(edges, count);
  }

  int features() {
    return edges.length;
  }

  /** Bins of a feature that a split may be behind. */
  int edges(int feature) {
    return edges[feature].length;
  }

  float edge(int feature, int bin) {
    return edges[feature][bin];
  }

  int code(int feature, int example) {
    return codes[feature][example];
  }
}
