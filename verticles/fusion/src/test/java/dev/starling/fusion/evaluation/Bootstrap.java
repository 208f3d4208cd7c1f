package dev.starling.fusion.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The interval in which an accuracy lies with 95 %, when cases of a cluster depend on each other:
 * clusters are drawn with replacement, with all of their cases, and the percentiles of what that
 * gives are taken.
 */
final class Bootstrap {
  private static final int ROUNDS = 4000;
  private static final double TAIL = 0.025;

  /** Right ones, of so many. */
  record Cluster(int right, int total) {}

  /** Both ends, 0..1. */
  record Interval(double low, double high) {}

  private Bootstrap() {}

  static Interval interval(List<Cluster> clusters, long seed) {
    Random random = new Random(seed);
    double[] accuracies = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long right = 0;
      long total = 0;
      for (int i = 0; i < clusters.size(); i++) {
        Cluster cluster = clusters.get(random.nextInt(clusters.size()));
        right += cluster.right();
        total += cluster.total();
      }
      accuracies[round] = right / (double) total;
    }
    Arrays.sort(accuracies);
    return new Interval(at(accuracies, TAIL), at(accuracies, 1 - TAIL));
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
