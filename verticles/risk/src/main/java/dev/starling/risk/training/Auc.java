package dev.starling.risk.training;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The area under the ROC curve: how often a risky order is given a higher score than another one;
 * with the same score half of the times. 0.5 is chance.
 *
 * <p>Computed from ranks, as the statistic of Mann and Whitney (1947).
 */
final class Auc {
  private Auc() {}

  static double of(double[] scores, boolean[] risky) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    long positives = IntStream.range(0, risky.length).filter(i -> risky[i]).count();
    long negatives = risky.length - positives;
    if (positives == 0 || negatives == 0) {
      throw new IllegalArgumentException(
          "examples: %d risky of %d (expected: some of both kinds)"
              .formatted(positives, risky.length));
    }
    double rankSum = 0;
    int begin = 0;
    while (begin < order.length) {
      int end = begin;
      int riskyHere = 0;
      while (end < order.length && scores[order[end]] == scores[order[begin]]) {
        riskyHere += risky[order[end]] ? 1 : 0;
        end++;
      }
      // Ranks count from 1; those with the same score share their mean.
      rankSum += riskyHere * ((begin + 1 + end) / 2.0);
      begin = end;
    }
    return (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }
}
