package dev.starling.fusion.core;

/** Sums to probabilities. Pure, and the same to the bit everywhere. */
final class Softmax {
  private Softmax() {}

  /** Of each sum its share of all exponentials. */
  static double[] of(double[] sums) {
    double most = Double.NEGATIVE_INFINITY;
    for (double sum : sums) {
      most = Math.max(most, sum);
    }
    double[] shares = new double[sums.length];
    double total = 0;
    for (int i = 0; i < sums.length; i++) {
      shares[i] = StrictMath.exp(sums[i] - most);
      total += shares[i];
    }
    for (int i = 0; i < sums.length; i++) {
      shares[i] /= total;
    }
    return shares;
  }
}
