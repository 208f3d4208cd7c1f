package dev.starling.risk;

import java.util.List;

/**
 * What the model says of an order. Immutable.
 *
 * @param score the probability that it is risky, 0 to 1
 * @param reasons what raises it, the strongest first; empty when nothing stands out
 * @param modelVersion that said so
 */
record Assessment(double score, List<Reason> reasons, String modelVersion) {
  Assessment {
    reasons = List.copyOf(reasons);
  }

  /**
   * @param feature e.g. {@code orders_last_hour}
   * @param effect how much lower the score is with the usual value in its place
   */
  record Reason(String feature, double value, double effect) {}
}
