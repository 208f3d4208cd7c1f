package dev.starling.risk;

import dev.starling.risk.Assessment.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds out why a model gives a score: it is asked again with each feature in turn set to its usual
 * value, and what lowers the score is a reason. That is the model's own word, whatever model it is;
 * of two features that only matter together it names both.
 *
 * <p>Without state.
 */
final class Ablation {
  /** The order itself, then one row for each feature. */
  static final int ROWS = 1 + Feature.COUNT;

  private static final int MAX_REASONS = 3;

  /** Less than one in a hundred is no reason. */
  private static final double LEAST_EFFECT = 0.01;

  private static final double DIGITS = 1e4;

  private Ablation() {}

  /** What the model is to be asked. */
  static List<Features> rows(Features order) {
    List<Features> rows = new ArrayList<>(ROWS);
    rows.add(order);
    for (Feature feature : Feature.values()) {
      rows.add(order.with(feature, feature.usual()));
    }
    return rows;
  }

  /**
   * @param scores of {@link #rows}, in their order
   */
  static Assessment assess(Features order, List<Float> scores, String modelVersion) {
    double score = scores.get(0);
    List<Reason> reasons = new ArrayList<>();
    for (Feature feature : Feature.values()) {
      double effect = score - scores.get(1 + feature.column());
      if (effect >= LEAST_EFFECT) {
        reasons.add(new Reason(feature.key(), rounded(order.get(feature)), rounded(effect)));
      }
    }
    // The sort is stable: with the same effect the model's order decides.
    reasons.sort(Comparator.comparingDouble(Reason::effect).reversed());
    return new Assessment(
        rounded(score), reasons.subList(0, Math.min(MAX_REASONS, reasons.size())), modelVersion);
  }

  private static double rounded(double value) {
    return Math.rint(value * DIGITS) / DIGITS;
  }
}
